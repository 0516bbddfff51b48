/* Names of inputs and outputs as they may stand on a screen or in a log: without what gives access.
 */
#ifndef APP_MEDIA_PUBLIC_NAME_H
#define APP_MEDIA_PUBLIC_NAME_H

/* Takes out of every URL in text, which becomes shorter: the user and the password
 * ("rtsp://anna:secret@host/"), the query ("srt://host:9?passphrase=..."), and behind the
 * application of RTMP the key of the stream ("rtmp://host/live/KEY"). */
void public_name_hide(char *text);

/* The same of a copy from malloc; NULL: out of memory. */
char *public_name(const char *name);

#endif
