/* SPDX-License-Identifier: Apache-2.0
 * extension.h - the services that the host offers to plugins, by id (goalmill/services.h). */
#ifndef GM_HOST_EXTENSION_H
#define GM_HOST_EXTENSION_H

/* The static struct of functions of a service; NULL when there is none of that id. */
const void *extension_find(const char *id);

#endif
