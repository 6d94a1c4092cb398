/* How near a misspelt word is to a name; shared by text_nearest and catalog_nearest. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

/* 0 is best; -1 when the two are too far apart to be worth a suggestion. */
int nearest_score(const char *word, const char *name);

#endif
