/* SPDX-License-Identifier: Apache-2.0
 * stop_signal.h - SIGINT, SIGTERM and SIGHUP ask for a clean stop; a second one ends at once. */
#ifndef GM_RUN_STOP_SIGNAL_H
#define GM_RUN_STOP_SIGNAL_H

/* In the supervisor, once. */
void stop_signal_install(void);
/* In a worker: SIGINT is the supervisor's business, the others end it. */
void stop_signal_reset_in_worker(void);
/* The signal that came, or 0. */
int stop_signal_seen(void);

#endif
