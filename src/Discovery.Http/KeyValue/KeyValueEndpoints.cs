using System.Globalization;
using Discovery.Infrastructure;
using Discovery.Wire;

namespace Discovery.KeyValue;

/// <summary><c>/v1/kv/</c>: a key is what the path has behind that, slashes included.</summary>
internal sealed class KeyValueEndpoints(IKeyValueStore? store = null) : IEndpointGroup
{
    private static readonly Func<ApiCall, KeyValueEntry?, Task> WriteOneJson = WriteOne;
    private static readonly Func<ApiCall, KeyValueEntry?, Task> WriteOneRaw = WriteRaw;

    private IKeyValueStore Store => KeyValueService.Require(store);

    public void Map(ApiRoutes routes) => routes.Add("kv/", ApiMethods.Get | ApiMethods.Put | ApiMethods.Delete, HandleAsync);

    private Task HandleAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions();
        call.RefuseNamespace();
        return call.Method switch
        {
            "GET" => GetAsync(call, options),
            "PUT" => PutAsync(call),
            _ => DeleteAsync(call),
        };
    }

    private Task GetAsync(ApiCall call, QueryOptions options)
    {
        IKeyValueStore keys = Store;
        var key = new KeyValueKey(call.RestBytes());
        if (call.Query.Has("keys"))
        {
            KeyValueKey separator = call.Query.GetBytes(call.Query.Has("separator") ? "separator" : "seperator");
            return call.RunAsync(
                options,
                (o, cancelled) => keys.QueryKeysAsync(key, separator, o, cancelled),
                static (one, names) => WriteKeys(one, names),
                showsConsistency: false,
                defersMeta: false);
        }

        if (call.Query.Has("recurse"))
        {
            return call.RunAsync(
                options, (o, cancelled) => keys.QueryListAsync(key, o, cancelled), WriteList, showsConsistency: false, defersMeta: false);
        }

        RequireKey(key);
        return call.RunAsync(
            options,
            (o, cancelled) => keys.QueryAsync(key, o, cancelled),
            call.Query.Has("raw") ? WriteOneRaw : WriteOneJson,
            showsConsistency: false,
            defersMeta: false);
    }

    private async Task PutAsync(ApiCall call)
    {
        var key = new KeyValueKey(call.RestBytes());
        RequireKey(key);
        ApiQuery query = call.Query;
        RefuseSeveral(query, "cas", "acquire", "release");
        ulong flags = query.Has("flags") ? ReadUnsigned(query.Get("flags")) : 0;
        ulong? compareIndex = query.Has("cas") ? ReadUnsigned(query.Get("cas")) : null;
        string? acquire = query.Has("acquire") ? query.Get("acquire") : null;
        string? release = query.Has("release") ? query.Get("release") : null;
        int most = call.Server.Options.KeyValueBytesMax;
        byte[] value = await call.ReadBodyAsync(most, (length, isTold) => BodyLimits.Value(length, isTold, most));
        if (release?.Length == 0)
        {
            throw new ApiException(500, SessionIds.NoSession(release));
        }

        var put = new KeyValuePut
        {
            Flags = flags,
            CompareIndex = compareIndex,
            Acquire = acquire is null ? null : SessionIds.Read(acquire),
            Release = release is null ? null : SessionIds.Read(release),
        };
        KeyValueResult result = await Store.PutAsync(key, value, put, call.Context, call.Aborted);
        if (result.Refusal == TransactionRefusal.SessionUnknown)
        {
            throw new ApiException(500, SessionIds.NoSession(acquire ?? ""));
        }

        await call.WriteAsync(new JsonBuffer(16).Bool(result.IsApplied));
    }

    private async Task DeleteAsync(ApiCall call)
    {
        var key = new KeyValueKey(call.RestBytes());
        RefuseSeveral(call.Query, "recurse", "cas");
        KeyValueResult result;
        if (call.Query.Has("recurse"))
        {
            result = await Store.DeleteTreeAsync(key, call.Context, call.Aborted);
        }
        else
        {
            RequireKey(key);
            KeyValueDelete delete = call.Query.Has("cas")
                ? new KeyValueDelete { CompareIndex = ReadUnsigned(call.Query.Get("cas")) }
                : KeyValueDelete.Default;
            result = await Store.DeleteAsync(key, delete, call.Context, call.Aborted);
        }

        await call.WriteAsync(new JsonBuffer(16).Bool(result.IsApplied));
    }

    private static void RequireKey(KeyValueKey key)
    {
        if (key.IsEmpty)
        {
            throw ApiException.BadRequest("Missing key name");
        }
    }

    private static void RefuseSeveral(ApiQuery query, params ReadOnlySpan<string> parameters)
    {
        int given = 0;
        foreach (string parameter in parameters)
        {
            given += query.Has(parameter) ? 1 : 0;
        }

        if (given > 1)
        {
            throw ApiException.BadRequest($"Conflicting flags: {query.Encode()}");
        }
    }

    // A number in the words of Go; what is none is told as a failure.
    private static ulong ReadUnsigned(string text)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            return value;
        }

        string why = text.Length > 0 && text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax";
        throw new ApiException(500, $"strconv.ParseUint: parsing {GoQuote.Quote(text)}: {why}");
    }

    private static Task WriteOne(ApiCall call, KeyValueEntry? entry)
    {
        if (entry is null)
        {
            return call.WriteEmptyAsync(404);
        }

        JsonBuffer json = new JsonBuffer(KeyValueJson.SizeOf(entry)).Byte((byte)'[');
        return call.WriteAsync(KeyValueJson.WriteEntry(json, entry).Byte((byte)']'));
    }

    private static Task WriteRaw(ApiCall call, KeyValueEntry? entry) =>
        entry is null ? call.WriteEmptyAsync(404) : call.WriteRawAsync(entry.Value);

    private static Task WriteList(ApiCall call, IReadOnlyList<KeyValueEntry> entries)
    {
        if (entries.Count == 0)
        {
            return call.WriteEmptyAsync(404);
        }

        JsonBuffer json = new JsonBuffer(SizeOf(entries)).Byte((byte)'[');
        for (int i = 0; i < entries.Count; i++)
        {
            KeyValueJson.WriteEntry(i > 0 ? json.Byte((byte)',') : json, entries[i]);
        }

        return call.WriteAsync(json.Byte((byte)']'));
    }

    // More or less, so that a list of many megabytes is not copied while it grows.
    private static int SizeOf(IReadOnlyList<KeyValueEntry> entries)
    {
        long size = 2;
        for (int i = 0; i < entries.Count; i++)
        {
            size += KeyValueJson.SizeOf(entries[i]);
        }

        return (int)Math.Min(size, Array.MaxLength);
    }

    // Nothing below a prefix is 404; nothing at all is an empty list.
    private static Task WriteKeys(ApiCall call, IReadOnlyList<KeyValueKey> keys)
    {
        if (keys.Count == 0 && !call.RestSpan.IsEmpty)
        {
            return call.WriteEmptyAsync(404);
        }

        JsonBuffer json = new JsonBuffer().Byte((byte)'[');
        for (int i = 0; i < keys.Count; i++)
        {
            (i > 0 ? json.Byte((byte)',') : json).Utf8(keys[i].Bytes.Span);
        }

        return call.WriteAsync(json.Byte((byte)']'));
    }
}
