/* SPDX-License-Identifier: Apache-2.0
 * file.c - durable writing, whole reading, folders; see file.h. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { READ_BYTES = 65536 };

gm_status file_read(bytes *out, const char *path, gm_error *err)
{
    bytes_clear(out);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_errno(err, GM_E_IO, "cannot open '%s'", path);
    gm_status st = GM_OK;
    struct stat info;
    if (fstat(fd, &info) != 0)
        st = error_errno(err, GM_E_IO, "cannot look at '%s'", path);
    else if (!S_ISREG(info.st_mode))
        st = error_set(err, GM_E_IO, "'%s' is no regular file", path);
    while (st == GM_OK) {
        size_t room = out->max - out->len < READ_BYTES ? out->max - out->len + 1 : READ_BYTES;
        uint8_t chunk[READ_BYTES + 1];
        ssize_t n = read(fd, chunk, room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            st = error_errno(err, GM_E_IO, "cannot read '%s'", path);
        if (n <= 0)
            break;
        bytes_put(out, chunk, (size_t)n);
        if (out->failed)
            st = error_set(err, GM_E_LIMIT, "'%s' is larger than %zu bytes", path, out->max);
    }
    (void)close(fd); /* read only: nothing to lose */
    return st;
}

gm_status file_write_all(int fd, const void *p, size_t n, const char *path, gm_error *err)
{
    const uint8_t *from = p;
    while (n > 0) {
        ssize_t done = write(fd, from, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_errno(err, GM_E_IO, "cannot write '%s'", path);
        from += done;
        n -= (size_t)done;
    }
    return GM_OK;
}

gm_status file_create(file_aside *f, const char *path, gm_error *err)
{
    f->fd = -1;
    char *folder = file_dirname(path);
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    int n = snprintf(f->path, sizeof f->path, "%s", path);
    int m = snprintf(f->temp, sizeof f->temp, "%s/.tmp.%s", folder, name);
    mem_free(folder);
    if (n < 0 || m < 0 || (size_t)n >= sizeof f->path || (size_t)m >= sizeof f->temp)
        return error_set(err, GM_E_IO, "the path '%.200s…' is too long", path);
    /* What a killed run left behind is ours to remove: the folder's lock is held. */
    if (unlink(f->temp) != 0 && errno != ENOENT)
        return error_errno(err, GM_E_IO, "cannot remove '%s'", f->temp);
    f->fd = open(f->temp, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (f->fd < 0)
        return error_errno(err, GM_E_IO, "cannot write '%s'", path);
    return GM_OK;
}

gm_status file_commit(file_aside *f, gm_error *err)
{
    gm_status st = GM_OK;
    int fd = f->fd;
    f->fd = -1;
    if (fsync(fd) != 0)
        st = error_errno(err, GM_E_IO, "cannot sync '%s'", f->path);
    if (close(fd) != 0 && st == GM_OK)
        st = error_errno(err, GM_E_IO, "cannot close '%s'", f->path);
    if (st == GM_OK && rename(f->temp, f->path) != 0)
        st = error_errno(err, GM_E_IO, "cannot rename to '%s'", f->path);
    if (st != GM_OK)
        (void)unlink(f->temp); /* the error that counts is the first */
    return st;
}

void file_abandon(file_aside *f)
{
    if (f->fd < 0)
        return;
    (void)close(f->fd);    /* thrown away anyway */
    (void)unlink(f->temp); /* the next run removes what stays */
    f->fd = -1;
}

gm_status file_save(const char *path, const void *p, size_t n, gm_error *err)
{
    file_aside f;
    gm_status st = file_create(&f, path, err);
    if (st != GM_OK)
        return st;
    st = file_write_all(f.fd, p, n, path, err);
    if (st != GM_OK) {
        file_abandon(&f);
        return st;
    }
    return file_commit(&f, err);
}

gm_status file_sync_folder(const char *path, gm_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, GM_E_IO, "cannot open the folder '%s'", path);
    gm_status st = GM_OK;
    if (fsync(fd) != 0)
        st = error_errno(err, GM_E_IO, "cannot sync the folder '%s'", path);
    (void)close(fd); /* read only */
    return st;
}

gm_status file_put(const char *path, const void *p, size_t n, gm_error *err)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return error_errno(err, GM_E_IO, "cannot write '%s'", path);
    gm_status st = file_write_all(fd, p, n, path, err);
    if (close(fd) != 0 && st == GM_OK)
        st = error_errno(err, GM_E_IO, "cannot close '%s'", path);
    return st;
}

gm_status file_sync_all(const char *folder, gm_error *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, GM_E_IO, "cannot open the folder '%s'", folder);
    gm_status st = GM_OK;
    if (syncfs(fd) != 0)
        st = error_errno(err, GM_E_IO, "cannot sync the files of '%s'", folder);
    (void)close(fd); /* read only */
    return st;
}

gm_status file_make_folders(const char *path, gm_error *err)
{
    gm_status st = GM_OK;
    char *copy = mem_strdup(path);
    for (char *p = copy + (copy[0] == '/'); st == GM_OK; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char keep = *p;
        *p = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            st = error_errno(err, GM_E_IO, "cannot make the folder '%s'", copy);
        *p = keep;
        if (keep == '\0')
            break;
    }
    struct stat info;
    if (st == GM_OK && (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)))
        st = error_set(err, GM_E_IO, "'%s' is no folder", path);
    mem_free(copy);
    return st;
}

/* One level: removes files, and pushes the folders it meets onto the stack. */
static gm_status empty_folder(const char *path, char ***stack, size_t *n, size_t *cap,
                              gm_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? GM_OK : error_errno(err, GM_E_IO, "cannot open '%s'", path);
    DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        (void)close(fd); /* read only */
        return error_errno(err, GM_E_IO, "cannot open '%s'", path);
    }
    gm_status st = GM_OK;
    const struct dirent *entry = NULL;
    while (st == GM_OK && (entry = readdir(folder)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *child = file_join(path, entry->d_name);
        struct stat info;
        if (lstat(child, &info) == 0 && S_ISDIR(info.st_mode)) {
            MEM_GROW(*stack, *n, *cap);
            (*stack)[(*n)++] = child;
            continue;
        }
        if (unlink(child) != 0 && errno != ENOENT)
            st = error_errno(err, GM_E_IO, "cannot remove '%s'", child);
        mem_free(child);
    }
    (void)closedir(folder); /* read only */
    return st;
}

gm_status file_remove_tree(const char *path, gm_error *err)
{
    char **stack = NULL;
    size_t n = 0, cap = 0, done = 0;
    MEM_GROW(stack, n, cap);
    stack[n++] = mem_strdup(path);
    gm_status st = GM_OK;
    /* Folders come before their children, so that removing them backwards finds them empty. */
    for (; st == GM_OK && done < n; done++)
        st = empty_folder(stack[done], &stack, &n, &cap, err);
    for (size_t i = n; i-- > 0;) {
        if (st == GM_OK && rmdir(stack[i]) != 0 && errno != ENOENT)
            st = error_errno(err, GM_E_IO, "cannot remove '%s'", stack[i]);
        mem_free(stack[i]);
    }
    mem_free(stack);
    return st;
}

gm_status file_switch_link(const char *link, const char *target, gm_error *err)
{
    char *folder = file_dirname(link);
    const char *slash = strrchr(link, '/');
    char *temp = mem_printf("%s/.tmp.%s", folder, slash == NULL ? link : slash + 1);
    gm_status st = GM_OK;
    if (unlink(temp) != 0 && errno != ENOENT)
        st = error_errno(err, GM_E_IO, "cannot remove '%s'", temp);
    else if (symlink(target, temp) != 0)
        st = error_errno(err, GM_E_IO, "cannot make the link '%s'", temp);
    else if (rename(temp, link) != 0)
        st = error_errno(err, GM_E_IO, "cannot switch the link '%s'", link);
    if (st == GM_OK)
        st = file_sync_folder(folder, err);
    mem_free(temp);
    mem_free(folder);
    return st;
}

char *file_join(const char *folder, const char *name)
{
    while (name[0] == '.' && name[1] == '/') {
        name += 2;
        while (name[0] == '/') /* what follows "./" is not absolute */
            name++;
    }
    if (name[0] == '/' || strcmp(folder, ".") == 0 || folder[0] == '\0')
        return mem_strdup(name);
    size_t n = strlen(folder);
    return mem_printf("%s%s%s", folder, folder[n - 1] == '/' ? "" : "/", name);
}

char *file_dirname(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return mem_strdup(".");
    return slash == path ? mem_strdup("/") : mem_strndup(path, (size_t)(slash - path));
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}
