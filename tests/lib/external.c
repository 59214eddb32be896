/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program of somebody else: xl.cfg on standard input, domain XML on standard output. */
#include <stdio.h>
#include <xlconv/xlconv.h>

int
main(void)
{
    static char text[65536];
    gsize length = fread(text, 1, sizeof(text), stdin);
    g_autoptr(GError) error = NULL;
    g_autoptr(XlconvGuest) guest = xlconv_guest_parse(XLCONV_FORM_CFG, text, length, NULL, &error);
    g_autofree char *xml =
        guest != NULL ? xlconv_guest_format(guest, XLCONV_FORM_XML, 0, NULL, &error) : NULL;

    if (xml == NULL)
        fprintf(stderr, "%s\n", error->message);
    else
        fputs(xml, stdout);
    return xml == NULL;
}
