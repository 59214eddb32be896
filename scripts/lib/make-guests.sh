#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Makes what the guests of examples/ boot on this machine, as root, from the kernel that it runs.

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=scripts/lib/guests.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/guests.sh"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
make_guests "" "$(uname -r)"
