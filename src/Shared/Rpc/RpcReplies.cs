using System.Buffers;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>Writes the body of a reply into its fields.</summary>
internal delegate void RpcBodyWriter<in T>(ref MessagePackWriter writer, T body);

/// <summary>Answers calls in the old format, as HashiCorp's codec does: field names, no str8, no bin.</summary>
internal static class RpcReplies
{
    private const int MetaFields = 4;

    /// <summary>An empty struct.</summary>
    public static void Empty(RpcCall call) => Write(call, 0, static (ref writer, _) => writer.WriteMapHeader(0));

    public static void Text(RpcCall call, string text) => Write(call, text, static (ref writer, body) => writer.Write(body));

    public static void Boolean(RpcCall call, bool value) => Write(call, value, static (ref writer, body) => writer.Write(body));

    public static void Texts(RpcCall call, IReadOnlyList<string> texts) =>
        Write(call, texts, static (ref writer, body) => WriteTexts(ref writer, body));

    public static void Write<T>(RpcCall call, T body, RpcBodyWriter<T> write)
    {
        var writer = new MessagePackWriter(call.Reply) { OldSpec = true };
        write(ref writer, body);
        writer.Flush();
    }

    /// <summary>Runs a query, which may block, and answers with its body under a name, and what is told of every query.</summary>
    public static async ValueTask QueryAsync<T>(
        RpcCall call,
        RpcRequest request,
        Func<QueryOptions, CancellationToken, ValueTask<QueryReply<T>>> read,
        string name,
        RpcBodyWriter<T> write)
    {
        QueryOptions options = request.OptionsOf(call);
        QueryReply<T> reply = await read(options, options.AfterIndex > 0 ? call.HungUp : call.Aborted);
        Write(call, (reply, name, write), static (ref writer, all) =>
        {
            writer.WriteMapHeader(1 + MetaFields);
            writer.Write(all.name);
            all.write(ref writer, all.reply.Body);
            WriteMeta(ref writer, all.reply.Index, all.reply.LastContact, all.reply.IsLeaderKnown);
        });
    }

    /// <summary>The four fields that every query's reply has.</summary>
    public static void WriteMeta(ref MessagePackWriter writer, ulong index, TimeSpan lastContact, bool isLeaderKnown)
    {
        writer.Write("ConsistencyLevel");
        writer.Write("");
        writer.Write("Index");
        writer.Write(index);
        writer.Write("KnownLeader");
        writer.Write(isLeaderKnown);
        writer.Write("LastContact");
        WriteDuration(ref writer, lastContact);
    }

    public static void WriteDuration(ref MessagePackWriter writer, TimeSpan value) =>
        writer.Write(value.Ticks < long.MaxValue / 100 ? value.Ticks * 100 : long.MaxValue);

    /// <summary>A list, or nil for one without anything in it.</summary>
    public static void WriteList<T>(ref MessagePackWriter writer, IReadOnlyList<T> list, RpcBodyWriter<T> write)
    {
        if (list.Count == 0)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            write(ref writer, list[i]);
        }
    }

    public static void WriteTexts(ref MessagePackWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteArrayHeader(texts.Count);
        for (int i = 0; i < texts.Count; i++)
        {
            writer.Write(texts[i]);
        }
    }

    /// <summary>A map in ordinal order of its keys, or nil for one without anything in it.</summary>
    public static void WriteMap(ref MessagePackWriter writer, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(map.Count);
        foreach ((string key, string value) in map.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    public static void WriteId(ref MessagePackWriter writer, Guid id) => writer.Write(id == Guid.Empty ? "" : id.ToString("D"));
}
