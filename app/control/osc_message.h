/* Packets of Open Sound Control (Wright, "The Open Sound Control 1.0 Specification", 2002): between
 * bytes and messages, by means of liblo. Without liblo nothing is read and nothing written. */
#ifndef APP_CONTROL_OSC_MESSAGE_H
#define APP_CONTROL_OSC_MESSAGE_H

#include "app/control/remote.h"

enum { OSC_PACKET_LENGTH = 8192 };

/* Whether this build has liblo. */
bool osc_available(void);

/* Called for a message; trouble, where it is not NULL, says why its arguments cannot be used. */
typedef void osc_visit(void *context, const char *path, const struct remote_argument *arguments,
                       int count, const char *trouble);

/* Reads a packet of length bytes, which may be anything: visits its message, or all those of its
 * bundle, which are taken at once, whatever their time. False: it is, in part at least, no OSC. */
bool osc_read(const char *packet, size_t length, osc_visit *visit, void *context);

/* Writes a message; numbers become integers where they are whole and `whole` says so, else floats.
 * The number of bytes, or 0 where it does not fit. */
size_t osc_write(const char *path, const struct remote_argument *arguments, int count,
                 char packet[OSC_PACKET_LENGTH]);

#endif
