using Discovery.Wire;

namespace Discovery.State.Watching;

/// <summary>
/// Turns change sets into bytes and back, where their tables keep rows encoded: the ring holds many, and hardly any is read again.
/// </summary>
internal sealed class ChangePacker(StateSchema schema)
{
    /// <summary>A larger one stays as it is: arrays are not to become large objects.</summary>
    public const int BytesMax = 32 * 1024;

    /// <summary>Appends a change set; false, and nothing is appended, where it stays as it is.</summary>
    public bool TryPack(StateChangeSet set, WireBuffer output)
    {
        if (set.BytesEstimate > BytesMax || !IsKeptEncoded(set))
        {
            return false;
        }

        int start = output.WrittenCount;
        var writer = new MessagePackWriter(output);
        writer.Write(set.Index);
        writer.Write(set.ClusterTime.Ticks);
        writer.Write(set.WallTime.UtcTicks);
        writer.Write(set.BytesEstimate);
        writer.Write(set.Changes.Count);
        writer.Write(set.Topics.Count);
        for (int i = 0; i < set.Changes.Count; i++)
        {
            StateChange change = set.Changes[i];
            writer.Write(change.Table.Id);
            writer.Write(change.KeyBytes);
            Write(ref writer, change.Table, change.OldRow);
            Write(ref writer, change.Table, change.NewRow);
            writer.Flush();
            if (output.WrittenCount - start > BytesMax)
            {
                // The estimate leaves out what there was before.
                output.Truncate(start);
                return false;
            }
        }

        for (int i = 0; i < set.Topics.Count; i++)
        {
            StateTopicTouch touch = set.Topics[i];
            writer.Write(touch.Space.Id);
            writer.Write(touch.Key.Span);
            writer.Write(touch.PreviousIndex);
        }

        writer.Flush();
        return true;
    }

    /// <summary>The change set that was appended first to these bytes.</summary>
    public StateChangeSet Unpack(ReadOnlySpan<byte> packed)
    {
        var reader = new MessagePackReader(packed);
        bool isRead = reader.TryReadUInt64(out ulong index)
            & reader.TryReadInt64(out long clusterTime)
            & reader.TryReadInt64(out long wallTime)
            & reader.TryReadInt32(out int estimate)
            & reader.TryReadInt32(out int changeCount)
            & reader.TryReadInt32(out int topicCount);
        Check(isRead);
        var changes = new StateChange[changeCount];
        for (int i = 0; i < changes.Length; i++)
        {
            changes[i] = ReadChange(ref reader);
        }

        var topics = new StateTopicTouch[topicCount];
        for (int i = 0; i < topics.Length; i++)
        {
            isRead = reader.TryReadInt32(out int space)
                & reader.TryReadBytes(out ReadOnlySpan<byte> key)
                & reader.TryReadUInt64(out ulong previous);
            Check(isRead);
            topics[i] = new StateTopicTouch(schema.TopicSpaces[space], key.ToArray(), previous);
        }

        return new StateChangeSet(
            index, new TimeSpan(clusterTime), new DateTimeOffset(wallTime, TimeSpan.Zero), changes, topics, estimate);
    }

    private static bool IsKeptEncoded(StateChangeSet set)
    {
        for (int i = 0; i < set.Changes.Count; i++)
        {
            if (!set.Changes[i].Table.KeepsEncoded)
            {
                return false;
            }
        }

        return true;
    }

    private StateChange ReadChange(ref MessagePackReader reader)
    {
        bool isRead = reader.TryReadInt32(out int id) & reader.TryReadBytes(out ReadOnlySpan<byte> key);
        Check(isRead);
        StateTable table = schema.Tables[id];
        return new StateChange(table, key.ToArray(), ReadRow(ref reader, table), ReadRow(ref reader, table));
    }

    private static void Write(ref MessagePackWriter writer, StateTable table, object? row)
    {
        if (row is null)
        {
            writer.WriteNil();
            return;
        }

        using var encoded = new WireBuffer();
        table.Encode(row, encoded);
        writer.Write(encoded.WrittenSpan);
    }

    private static object? ReadRow(ref MessagePackReader reader, StateTable table)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        Check(reader.TryReadBytes(out ReadOnlySpan<byte> encoded));
        return table.Decode(encoded);
    }

    private static void Check(bool isRead) => Invariant.Check(isRead, "a change set that was put aside cannot be read");
}
