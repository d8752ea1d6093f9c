using Discovery.Consul;
using Discovery.Rpc;
using Discovery.Wire;

namespace Discovery.KeyValue;

/// <summary><c>KVS</c>: keys, as other nodes read and write them.</summary>
internal sealed class KeyValueMethods(IKeyValueStore store) : IRpcMethodGroup
{
    private static readonly RpcShape<KeyRequest> s_get = new(
    [
        RpcFields.Datacenter<KeyRequest>(),
        new("Key", static (ref reader, request) => reader.ReadKey(ref request.Key)),
        .. RpcFields.Query<KeyRequest>(),
    ]);

    private static readonly RpcShape<KeyRequest> s_listKeys = new(
    [
        RpcFields.Datacenter<KeyRequest>(),
        new("Prefix", static (ref reader, request) => reader.ReadKey(ref request.Key)),
        new("Seperator", static (ref reader, request) => reader.ReadKey(ref request.Separator)),
        .. RpcFields.Query<KeyRequest>(),
    ]);

    private static readonly RpcShape<ApplyRequest> s_apply = new(
        RpcFields.Datacenter<ApplyRequest>(),
        new("Op", static (ref reader, request) => reader.ReadText(ref request.Operation)),
        new("DirEnt", static (ref reader, request) => reader.ReadObject(RpcKeyValueRows.Entry, request.Entry)),
        RpcFields.Token<ApplyRequest>());

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("KVS.Apply", ApplyAsync),
        new("KVS.Get", GetAsync),
        new("KVS.List", ListAsync),
        new("KVS.ListKeys", ListKeysAsync),
    ];

    private async ValueTask ApplyAsync(RpcCall call)
    {
        ApplyRequest request = RpcReader.Read(call.Body.Span, s_apply);
        request.RequireDatacenter(call);
        if (request.Entry.Key.Length == 0 && request.Operation != "delete-tree")
        {
            throw new ApiException(500, "Must provide key");
        }

        // Only what compares tells whether it was done; set and delete are done when nothing else is told.
        bool isApplied = await RunAsync(call, request);
        RpcReplies.Boolean(call, isApplied && request.Operation is "cas" or "delete-cas" or "lock" or "unlock");
    }

    private async ValueTask<bool> RunAsync(RpcCall call, ApplyRequest request)
    {
        RpcKeyValueRows.EntryBody entry = request.Entry;
        var key = new KeyValueKey(entry.Key);
        CallContext context = request.ContextOf(call);
        var put = new KeyValuePut { Flags = entry.Flags };
        switch (request.Operation)
        {
            case "set":
                return await PutAsync(put);
            case "cas":
                return await PutAsync(put with { CompareIndex = entry.ModifyIndex });
            case "lock":
                return await PutAsync(put with { Acquire = SessionIds.Read(entry.Session) });
            case "unlock" when entry.Session.Length == 0:
                throw new ApiException(500, SessionIds.NoSession(""));
            case "unlock":
                return await PutAsync(put with { Release = SessionIds.Read(entry.Session) });
            case "delete":
                return (await store.DeleteAsync(key, null, context, call.Aborted)).IsApplied;
            case "delete-cas":
                var delete = new KeyValueDelete { CompareIndex = entry.ModifyIndex };
                return (await store.DeleteAsync(key, delete, context, call.Aborted)).IsApplied;
            case "delete-tree":
                return (await store.DeleteTreeAsync(key, context, call.Aborted)).IsApplied;
            default:
                throw new ApiException(500, $"Invalid KVS operation '{request.Operation}'");
        }

        async ValueTask<bool> PutAsync(KeyValuePut how)
        {
            KeyValueResult result = await store.PutAsync(key, entry.Value, how, context, call.Aborted);
            return result.Refusal == TransactionRefusal.SessionUnknown
                ? throw new ApiException(500, SessionIds.NoSession(entry.Session))
                : result.IsApplied;
        }
    }

    private ValueTask GetAsync(RpcCall call)
    {
        KeyRequest request = Read(call, s_get);
        if (request.Key.Length == 0)
        {
            // The empty key is never there.
            return RpcReplies.QueryAsync(
                call, request, (options, cancelled) => store.QueryListAsync(default, options, cancelled), "Entries",
                static (ref writer, _) => writer.WriteNil());
        }

        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => store.QueryAsync(request.Key, options, cancelled), "Entries",
            static (ref writer, entry) => RpcReplies.WriteList<KeyValueEntry>(
                ref writer, entry is null ? [] : [entry], RpcKeyValueRows.Write));
    }

    private ValueTask ListAsync(RpcCall call)
    {
        KeyRequest request = Read(call, s_get);
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => store.QueryListAsync(request.Key, options, cancelled), "Entries",
            static (ref writer, entries) => RpcReplies.WriteList(ref writer, entries, RpcKeyValueRows.Write));
    }

    private ValueTask ListKeysAsync(RpcCall call)
    {
        KeyRequest request = Read(call, s_listKeys);
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => store.QueryKeysAsync(request.Key, request.Separator, options, cancelled), "Keys",
            static (ref writer, keys) => RpcReplies.WriteList(
                ref writer, keys, static (ref MessagePackWriter inner, KeyValueKey key) => inner.WriteString(key.Bytes.Span)));
    }

    private static KeyRequest Read(RpcCall call, RpcShape<KeyRequest> shape)
    {
        KeyRequest request = RpcReader.Read(call.Body.Span, shape);
        request.RequireDatacenter(call);
        return request;
    }

    private sealed class KeyRequest : RpcRequest
    {
        public byte[] Key = [];
        public byte[] Separator = [];
    }

    private sealed class ApplyRequest : RpcRequest
    {
        public readonly RpcKeyValueRows.EntryBody Entry = new();
        public string Operation = "";
    }
}
