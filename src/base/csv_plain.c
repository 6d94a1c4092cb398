/* Lines of nothing but numbers, cut without libcsv. Knows nothing of quotes and blanks: it declines them. */
#include "csv_plain.h"

#include <string.h>

#include <mldbg/base/text.h>

#include "decimal.h"

bool plain_can(char separator)
{
    return !strchr("0123456789+-.eE", separator);
}

static bool ends_cell(char byte, char separator)
{
    return byte == separator || byte == '\n' || byte == '\r';
}

char *plain_row(char separator, char *at, struct csv_cell *cells, size_t most, size_t *count)
{
    char *line = at, last;
    size_t met = 0;

    do {
        if (met == most)
            return NULL;
        struct csv_cell *cell = &cells[met++];
        const char *end = decimal_short(at, &cell->number);
        if (!end)
            end = text_scan_number(at, &cell->number);
        cell->is_number = end != NULL;
        if (!end)
            end = at;
        if (!ends_cell(*end, separator))
            return NULL;
        cell->at = at;
        cell->length = (size_t)(end - at);
        cell->quoted = false;
        at += end - at + 1;
        last = *end;
    } while (last == separator);

    if (at == line + 1 || (last == '\r' && *at++ != '\n'))
        return NULL;
    /* Only now, since a line that is declined goes to libcsv as it was. */
    for (size_t i = 0; i < met; i++)
        line[cells[i].at - line + (ptrdiff_t)cells[i].length] = '\0';
    *count = met;
    return at;
}
