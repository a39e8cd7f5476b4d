/* SPDX-License-Identifier: Apache-2.0
 * test_plugin_info.c - descriptors there and back; and bytes that a plugin's code may have forged.
 */
#include "host/descriptor_fixture.h"

#include "base/limits.h"
#include "base/mem.h"
#include "host/plugin_info.h"

static const char sample_hash[] = "99aa06d3014798d86001c324468d497f";

/* Two metrics; the second has nothing that it need not have. */
typedef struct pair {
    sample first, second;
    const gm_descriptor *descriptors[2];
    plugin_info info;
} pair;

static void pair_init(pair *p)
{
    sample_init(&p->first);
    sample_init(&p->second);
    p->second.d.id = "bare";
    p->second.d.n_params = p->second.d.n_fields = 0;
    p->second.d.n_outputs = 1;
    p->second.d.url = "https://example.org";
    p->descriptors[0] = &p->first.d;
    p->descriptors[1] = &p->second.d;
    p->info = (plugin_info){.path = "/plugins/acme.so",
                            .abi_minor = 7,
                            .build_info = "gcc 12",
                            .descriptors = p->descriptors,
                            .n_descriptors = 2};
    memcpy(p->info.hash, sample_hash, sizeof p->info.hash);
}

static void save(const plugin_info *info, bytes *out)
{
    bytes_init(out, LIMIT_MIB(64));
    plugin_info_save(info, out);
    assert_false(out->failed);
}

static void same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL && b != NULL) {
        assert_string_equal(a, b);
        assert_ptr_not_equal(a, b); /* a copy, not what the bytes lay in */
    }
}

static void same_value(const gm_value *a, const gm_value *b)
{
    assert_int_equal(a->is_null != 0, b->is_null != 0);
    if (a->is_null != 0)
        return;
    assert_int_equal(a->type, b->type);
    if (a->type == GM_T_STR || a->type == GM_T_EXPR) {
        assert_int_equal(a->u.s.len, b->u.s.len);
        assert_memory_equal(a->u.s.ptr, b->u.s.ptr, a->u.s.len);
    } else if (a->type == GM_T_LIST) {
        assert_true(a->u.l.n == b->u.l.n);
        for (uint64_t i = 0; i < a->u.l.n; i++) {
            assert_int_equal(b->u.l.items[i].is_null, 0);
            assert_int_equal(a->u.l.items[i].type, b->u.l.items[i].type);
            if (a->u.l.items[i].type == GM_T_STR)
                assert_string_equal(a->u.l.items[i].u.s.ptr, b->u.l.items[i].u.s.ptr);
            else
                assert_true(a->u.l.items[i].u.i == b->u.l.items[i].u.i);
        }
    } else {
        assert_true(a->u.i == b->u.i); /* the bits */
    }
}

static void same_param(const gm_param *a, const gm_param *b)
{
    assert_int_equal(b->struct_size, sizeof *b);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->item_type, b->item_type);
    assert_int_equal(a->item_flags, b->item_flags);
    same_text(a->name, b->name);
    same_text(a->doc, b->doc);
    same_text(a->unit, b->unit);
    same_value(&a->def, &b->def);
    same_value(&a->min, &b->min);
    same_value(&a->max, &b->max);
    for (uint32_t i = 0; a->type == GM_T_ENUM; i++) {
        same_text(a->enum_values[i], b->enum_values[i]);
        if (a->enum_values[i] == NULL)
            break;
    }
}

static void same_output(const gm_output *a, const gm_output *b)
{
    assert_int_equal(b->struct_size, sizeof *b);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->direction, b->direction);
    assert_int_equal(a->flags, b->flags);
    same_text(a->name, b->name);
    same_text(a->unit, b->unit);
    same_text(a->doc, b->doc);
    same_text(a->label, b->label);
    same_text(a->label2, b->label2);
    same_text(a->label_param, b->label_param);
    same_text(a->unit_from, b->unit_from);
    same_text(a->unit_per, b->unit_per);
}

static void same_descriptor(const gm_descriptor *a, const gm_descriptor *b)
{
    assert_int_equal(b->struct_size, sizeof *b);
    assert_int_equal(a->abi_minor_min, b->abi_minor_min);
    assert_true(a->algebra == b->algebra);
    same_text(a->id, b->id);
    same_text(a->version, b->version);
    same_text(a->vendor, b->vendor);
    same_text(a->name, b->name);
    same_text(a->description, b->description);
    same_text(a->license, b->license);
    same_text(a->url, b->url);
    assert_int_equal(a->state_format, b->state_format);
    assert_int_equal(a->state_format_min, b->state_format_min);
    assert_memory_equal(&a->tol_rel, &b->tol_rel, sizeof a->tol_rel);
    assert_memory_equal(&a->tol_abs, &b->tol_abs, sizeof a->tol_abs);
    assert_true(a->max_state_bytes == b->max_state_bytes);
    assert_int_equal(a->n_params, b->n_params);
    assert_int_equal(a->n_fields, b->n_fields);
    assert_int_equal(a->n_outputs, b->n_outputs);
    for (uint32_t i = 0; i < a->n_params; i++)
        same_param(a->params[i], b->params[i]);
    for (uint32_t i = 0; i < a->n_fields; i++) {
        assert_int_equal(b->fields[i]->struct_size, sizeof *b->fields[i]);
        assert_int_equal(a->fields[i]->type, b->fields[i]->type);
        assert_int_equal(a->fields[i]->flags, b->fields[i]->flags);
        same_text(a->fields[i]->name, b->fields[i]->name);
        same_text(a->fields[i]->name_param, b->fields[i]->name_param);
        same_text(a->fields[i]->doc, b->fields[i]->doc);
    }
    for (uint32_t i = 0; i < a->n_outputs; i++)
        same_output(a->outputs[i], b->outputs[i]);
}

static void test_round_trip(void **state)
{
    (void)state;
    pair p;
    bytes out, again;
    arena memory;
    plugin_info loaded;
    gm_error err = {0};
    arena_init(&memory, 0);
    pair_init(&p);
    save(&p.info, &out);
    bytes_str(&out, "what follows");
    uint8_t *copy = mem_alloc(out.len);
    memcpy(copy, out.data, out.len);
    bytes_reader in = bytes_read(copy, out.len);
    assert_int_equal(plugin_info_load(&loaded, &in, &memory, &err), GM_OK);
    assert_int_equal(bytes_get_str(&in).len, 12); /* it read its own, and no more */
    memset(copy, 0xee, out.len);                  /* nothing borrowed from there */
    mem_free(copy);
    assert_string_equal(loaded.path, "/plugins/acme.so");
    assert_string_equal(loaded.hash, sample_hash);
    assert_int_equal(loaded.abi_minor, 7);
    assert_string_equal(loaded.build_info, "gcc 12");
    assert_int_equal(loaded.n_descriptors, 2);
    same_descriptor(&p.first.d, loaded.descriptors[0]);
    same_descriptor(&p.second.d, loaded.descriptors[1]);
    save(&loaded, &again);
    assert_int_equal(again.len, out.len - 13);
    assert_memory_equal(again.data, out.data, again.len);
    bytes_deinit(&out);
    bytes_deinit(&again);
    arena_deinit(&memory);
}

static gm_status load(const void *data, size_t n, gm_error *err)
{
    arena memory;
    plugin_info loaded;
    uint8_t *exact = mem_alloc(n); /* of just this size, for the sanitizer */
    memcpy(exact, data, n);
    bytes_reader in = bytes_read(exact, n);
    arena_init(&memory, 0);
    gm_status st = plugin_info_load(&loaded, &in, &memory, err);
    if (st == GM_OK) { /* then all of it can be used */
        bytes out;
        save(&loaded, &out);
        assert_true(out.len > 0);
        bytes_deinit(&out);
    }
    arena_deinit(&memory);
    mem_free(exact);
    return st;
}

static void test_cut(void **state)
{
    (void)state;
    pair p;
    bytes out;
    pair_init(&p);
    save(&p.info, &out);
    for (size_t n = 0; n < out.len; n++) {
        gm_error err = {0};
        assert_int_equal(load(out.data, n, &err), GM_E_DAMAGED);
        assert_string_equal(err.message, "the description of a plugin is damaged");
    }
    bytes_deinit(&out);
}

static void test_changes(void **state)
{
    (void)state;
    static const uint8_t special[] = {0, 1, 0x7f, 0x80, 0xff, 8, 9, 10};
    pair p;
    bytes out;
    uint64_t seed = 5;
    uint32_t n_ok = 0, n_bad = 0;
    pair_init(&p);
    save(&p.info, &out);
    for (size_t bit = 0; bit < out.len * 8; bit++) {
        gm_error err = {0};
        out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        gm_status st = load(out.data, out.len, &err);
        assert_true(st == GM_OK || st == GM_E_DAMAGED || st == GM_E_PLUGIN);
        out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        n_ok += st == GM_OK;
        n_bad += st != GM_OK;
    }
    uint8_t *bad = mem_alloc(out.len);
    for (int round = 0; round < 20000; round++) {
        memcpy(bad, out.data, out.len);
        for (int k = 0; k < 1 + round % 4; k++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bad[(seed >> 20) % out.len] =
                seed >> 63 ? (uint8_t)(seed >> 52) : special[(seed >> 52) % sizeof special];
        }
        gm_error err = {0};
        gm_status st = load(bad, out.len, &err);
        assert_true(st == GM_OK || st == GM_E_DAMAGED || st == GM_E_PLUGIN);
    }
    assert_true(n_ok > 500);
    assert_true(n_bad > 500);
    mem_free(bad);
    bytes_deinit(&out);
}

/* Random bytes, and counts that promise what is not there. */
static void test_garbage(void **state)
{
    (void)state;
    uint8_t data[512];
    uint64_t seed = 6;
    for (int round = 0; round < 2000; round++) {
        for (size_t i = 0; i < sizeof data; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            data[i] = (uint8_t)(seed >> 56);
        }
        gm_error err = {0};
        assert_int_equal(load(data, sizeof data, &err), GM_E_DAMAGED);
    }
}

static void test_heads(void **state)
{
    (void)state;
    static const struct {
        const char *hash;
        uint32_t n_descriptors;
        gm_status status;
    } cases[] = {
        {sample_hash, 0, GM_OK},
        {"short", 0, GM_E_DAMAGED},
        {"99aa06d3014798d86001c324468d497f0", 0, GM_E_DAMAGED},
        {"99AA06D3014798D86001C324468D497F", 0, GM_E_DAMAGED}, /* not as hash_hex() writes */
        {"99aa06d3014798d8\xff\n01c324468d497f", 0, GM_E_DAMAGED},
        {sample_hash, 1, GM_E_DAMAGED},
        {sample_hash, LIMIT_PLUGIN_METRICS + 1, GM_E_DAMAGED},
        {sample_hash, UINT32_MAX, GM_E_DAMAGED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gm_error err = {0};
        bytes out;
        bytes_init(&out, 1000);
        bytes_str(&out, "path");
        bytes_str(&out, cases[i].hash);
        bytes_u32(&out, 0);
        bytes_str(&out, "");
        bytes_u32(&out, cases[i].n_descriptors);
        assert_int_equal(load(out.data, out.len, &err), cases[i].status);
        bytes_deinit(&out);
    }
}

/* What cannot be told apart from damage is refused: too many of something, a text that is too long
 * or holds NUL, a reference that leads nowhere. */
static void test_limits(void **state)
{
    (void)state;
    static char text[LIMIT_PLUGIN_TEXT + 2];
    static const char *many[LIMIT_PLUGIN_ENUM + 2];
    memset(text, 'x', sizeof text - 1);
    for (size_t i = 0; i <= LIMIT_PLUGIN_ENUM; i++)
        many[i] = "v";
    for (int what = 0; what < 6; what++) {
        gm_error err = {0};
        pair p;
        bytes out;
        pair_init(&p);
        gm_status want = GM_E_DAMAGED;
        text[LIMIT_PLUGIN_TEXT] = 'x';
        many[LIMIT_PLUGIN_ENUM] = "v";
        if (what == 0) {
            p.first.d.description = text;
        } else if (what == 1) {
            text[LIMIT_PLUGIN_TEXT] = '\0'; /* at the limit */
            p.first.d.description = text;
            want = GM_OK;
        } else if (what == 2) {
            p.first.param[SAMPLE_MODE].enum_values = many;
        } else if (what == 3) {
            many[LIMIT_PLUGIN_ENUM] = NULL;
            p.first.param[SAMPLE_MODE].enum_values = many;
            want = GM_OK;
        } else if (what == 4) {
            p.first.field[SAMPLE_FIELD_NAMED].name_param = "nothing";
            want = GM_E_PLUGIN;
        } else {
            p.first.param[SAMPLE_MODE].def.u.i = 3; /* of three modes */
            want = GM_E_PLUGIN;
        }
        save(&p.info, &out);
        assert_int_equal(load(out.data, out.len, &err), want);
        bytes_deinit(&out);
    }
    pair p;
    bytes out;
    gm_error err = {0};
    pair_init(&p);
    p.first.d.description = "a#b";
    save(&p.info, &out);
    char *at = memmem(out.data, out.len, "a#b", 3);
    assert_non_null(at);
    at[1] = '\0';
    assert_int_equal(load(out.data, out.len, &err), GM_E_DAMAGED);
    bytes_deinit(&out);
}

static void test_find(void **state)
{
    (void)state;
    sample s;
    sample_init(&s);
    assert_int_equal(plugin_info_param(&s.d, "strict"), SAMPLE_BOOL);
    assert_int_equal(plugin_info_param(&s.d, "field"), SAMPLE_FIELD);
    assert_int_equal(plugin_info_param(&s.d, "fiel"), UINT32_MAX);
    assert_int_equal(plugin_info_param(&s.d, ""), UINT32_MAX);
    s.param[0].name = NULL; /* not checked yet */
    assert_int_equal(plugin_info_param(&s.d, "field"), SAMPLE_FIELD);
    assert_int_equal(plugin_info_output(&s.d, "n"), SAMPLE_COUNT);
    assert_int_equal(plugin_info_output(&s.d, "seen"), SAMPLE_FLAG);
    assert_int_equal(plugin_info_output(&s.d, "seen2"), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_cut),
        cmocka_unit_test(test_changes),    cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_heads),      cmocka_unit_test(test_limits),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
