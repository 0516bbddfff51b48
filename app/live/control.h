/* What a live session does on request: of the window's events, of remote controls and of the
 * playlist. Belongs to the main thread. */
#ifndef APP_LIVE_CONTROL_H
#define APP_LIVE_CONTROL_H

struct live;

/* Takes all that happened to the window or came from elsewhere, runs the actions it is bound to,
 * takes the preset whose turn it is, and tells the engine of changed options. */
void live_take_events(struct live *live);

#endif
