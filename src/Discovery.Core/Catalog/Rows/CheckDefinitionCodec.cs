using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>
/// How a check is to be run, as nil or a MessagePack array: http, tcp, method, body, whether certificates are not verified, interval,
/// timeout and deregistration in ticks, and the header as an array of name and array of values in turn.
/// </summary>
internal static class CheckDefinitionCodec
{
    private const int Fields = 9;

    public static void Write(ref MessagePackWriter writer, CatalogCheckDefinition? value)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(Fields);
        writer.Write(value.Http);
        writer.Write(value.Tcp);
        writer.Write(value.Method);
        writer.Write(value.Body);
        writer.Write(value.TlsSkipVerify);
        writer.Write(value.Interval.Ticks);
        writer.Write(value.Timeout.Ticks);
        writer.Write(value.DeregisterCriticalServiceAfter.Ticks);
        writer.WriteArrayHeader(value.Header.Count * 2);
        foreach ((string name, IReadOnlyList<string> values) in value.Header)
        {
            writer.Write(name);
            CodecFields.Write(ref writer, values);
        }
    }

    public static bool TryRead(ref MessagePackReader reader, out CatalogCheckDefinition? value)
    {
        value = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !CodecFields.TryReadText(ref reader, out string http)
            || !CodecFields.TryReadText(ref reader, out string tcp)
            || !CodecFields.TryReadRepeated(ref reader, out string method)
            || !CodecFields.TryReadText(ref reader, out string body)
            || !reader.TryReadBoolean(out bool skipVerify)
            || !reader.TryReadInt64(out long interval)
            || !reader.TryReadInt64(out long timeout)
            || !reader.TryReadInt64(out long deregister)
            || !TryReadHeader(ref reader, out KeyValuePair<string, IReadOnlyList<string>>[] header)
            || !CodecFields.TrySkip(ref reader, extra))
        {
            return false;
        }

        value = new CatalogCheckDefinition
        {
            Http = http,
            Tcp = tcp,
            Method = method,
            Body = body,
            TlsSkipVerify = skipVerify,
            Interval = TimeSpan.FromTicks(interval),
            Timeout = TimeSpan.FromTicks(timeout),
            DeregisterCriticalServiceAfter = TimeSpan.FromTicks(deregister),
            Header = header,
        };
        return true;
    }

    private static bool TryReadHeader(ref MessagePackReader reader, out KeyValuePair<string, IReadOnlyList<string>>[] header)
    {
        header = [];
        if (!reader.TryReadArrayHeader(out int count) || count % 2 != 0)
        {
            return false;
        }

        header = count == 0 ? [] : new KeyValuePair<string, IReadOnlyList<string>>[count / 2];
        for (int i = 0; i < header.Length; i++)
        {
            if (!CodecFields.TryReadRepeated(ref reader, out string name) || !CodecFields.TryRead(ref reader, out string[] values))
            {
                return false;
            }

            header[i] = new KeyValuePair<string, IReadOnlyList<string>>(name, values);
        }

        return true;
    }
}
