/* Reads the text files that people write for Reverie line by line: presets, keys, playlists,
 * corners. Errors name the file and the line. */
#ifndef APP_BASE_TEXT_LINES_H
#define APP_BASE_TEXT_LINES_H

#include <stdbool.h>

#include "engine/reverie.h"

/* Longer texts, in bytes, and lines are refused. Scores of what sound moved are the longest: some
 * thirty hours of one level. */
enum { TEXT_BYTES_MAX = 32 * 1024 * 1024, TEXT_LINE_LENGTH = 4096 };

enum { TEXT_TIME_MAX = 7 * 86400 }; /* seconds */

/* Takes one line, without its end and NUL-terminated; it may be written over. place is "NAME:N",
 * for the beginning of a message. Any status but RV_OK ends the reading. */
typedef rv_status text_take_line(void *context, char *line, const char *place, rv_error *error);

/* Calls take with every line of text[length]. name stands for the text in messages. RV_INVALID: a
 * line is too long or holds a zero byte; and what take returns. */
rv_status text_each_line(const char *name, const char *text, size_t length, text_take_line *take,
                         void *context, rv_error *error);

/* The same with the file at path; what says what it should be, such as "preset". RV_NOT_FOUND,
 * RV_IO, RV_MEMORY, RV_INVALID, and what take returns. */
rv_status text_read_lines(const char *path, const char *what, text_take_line *take, void *context,
                          rv_error *error);

/* All of the file at path, the caller's to free; NULL: it cannot be read, or is longer than so many
 * bytes, or memory ran out. */
char *text_read_whole(const char *path, size_t most);

/* Takes the blanks off both ends of text, in place. */
char *text_trim(char *text);

/* Ends the line where a comment begins: at a # at its beginning or behind a blank, as names of
 * files may hold one. A backslash there lets the # be part of the line, and is taken out. */
void text_cut_comment(char *line);

/* Writes text, a part of a line, with those backslashes that let text_cut_comment() leave it as it
 * is. */
void text_keep_marks(const char *text, char kept[TEXT_LINE_LENGTH]);

/* Ends the word that *text begins with, and moves *text to the next one. */
char *text_take_word(char **text);

/* Reads seconds, or parts of them by colons, such as 90, 1:30 and 1:00:00.5; below 0 where it is no
 * time, or more than TEXT_TIME_MAX. */
double text_read_time(const char *text);

/* Reads a number of digits and a point, and sets *end behind it; below 0: there is none. */
double text_read_decimal(const char *text, const char **end);
/* Reads a number above 0 and up to most, of digits and a point. False: it is none. */
bool text_read_positive(const char *text, double most, double *number);

/* Blanks, for strspn. */
extern const char text_blanks[];

#endif
