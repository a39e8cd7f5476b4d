/* SPDX-License-Identifier: Apache-2.0
 * version.h - the version of goalmill. The build reads it from here. */
#ifndef GOALMILL_VERSION_H
#define GOALMILL_VERSION_H

#define GOALMILL_VERSION "0.1.0"

#endif
