# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of xlconv for bash.

# The options of each command, without those that all commands have.
_xlconv_options() {
    case $1 in
    cfg2xml) echo "--secure --output= --force --from= --xen=" ;;
    xml2cfg) echo "--secure --onto= --in-place --output= --force --xen=" ;;
    cfg2json) echo "--output= --force --from=" ;;
    xml2json) echo "--output= --force" ;;
    json2cfg) echo "--secure --onto= --in-place --output= --force --xen= --domain=" ;;
    json2xml) echo "--secure --output= --force --xen= --domain=" ;;
    check) echo "--from= --xen=" ;;
    diff) echo "--secure --from= --domain=" ;;
    fmt) echo "--in-place --output= --force --from=" ;;
    esac
}

# The command among the words so far; nothing when there is none yet.
_xlconv_command() {
    local word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
        cfg2xml | xml2cfg | cfg2json | xml2json | json2cfg | json2xml | check | diff | fmt | keys)
            echo "$word"
            return
            ;;
        esac
    done
}

# The option whose value is being typed, as "--option=val" or "--option val"; nothing for none.
# The shell makes three words of "--option=val".
_xlconv_option() {
    local before=${COMP_WORDS[COMP_CWORD - 1]}
    if [[ $before == "=" && $COMP_CWORD -ge 2 ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $before in
    --onto | --output | -o | --from | --xen | --domain | --format) echo "$before" ;;
    esac
}

_xlconv() {
    local word=${COMP_WORDS[COMP_CWORD]} command
    command=$(_xlconv_command)
    [[ $word != "=" ]] || word=
    COMPREPLY=()
    case $(_xlconv_option) in
    --onto) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    --output | -o) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --from) mapfile -t COMPREPLY < <(compgen -W "xl xm" -- "$word") ;;
    --xen) mapfile -t COMPREPLY < <(compgen -W "4.17 4.18 4.19 4.20 4.21 4.22" -- "$word") ;;
    --domain) ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "text json" -- "$word") ;;
    *)
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_xlconv_options "$command") \
                --strict --format= --version --help" -- "$word")
            if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then
                compopt -o nospace 2>/dev/null || true
            fi
        elif [[ -z $command ]]; then
            mapfile -t COMPREPLY < <(compgen -W \
                "cfg2xml xml2cfg cfg2json xml2json json2cfg json2xml check diff fmt keys" -- "$word")
        elif [[ $command != keys ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
        ;;
    esac
}

complete -o filenames -F _xlconv xlconv
