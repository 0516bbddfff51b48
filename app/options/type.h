/* What the types of options share. Only they include this. */
#ifndef APP_OPTIONS_TYPE_H
#define APP_OPTIONS_TYPE_H

#include <stdio.h>

#include "app/options/option.h"

/* Write why a text was refused, and return false. */
bool option_refuse_range(const struct option *option, const char *text,
                         char why[OPTION_REASON_LENGTH]);
bool option_refuse_kind(const struct option *option, const char *text, const char *kind,
                        char why[OPTION_REASON_LENGTH]);

/* Read all of text, without blanks, hexadecimal, "inf" and "nan". Whole numbers saturate, so that a
 * range check still refuses what is too large. */
bool option_read_whole(const char *text, long long *value);
bool option_read_number(const char *text, double *value);

/* Writes the shortest text that is read back as the same float. */
void option_write_number(double value, char *text, size_t capacity);

/* The parse of option_type_whole, also for each channel of a list. */
bool option_parse_whole(const struct option *option, const char *text, void *value,
                        char why[OPTION_REASON_LENGTH]);

/* Write the possible values of a number, and of a choice. */
void option_print_numbers(const struct option *option, char text[OPTION_VALUE_LENGTH]);
void option_print_choices(const struct option *option, char text[OPTION_VALUE_LENGTH]);

#endif
