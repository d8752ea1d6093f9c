using Discovery.Wire;

namespace Discovery.Server;

/// <summary>What recursors said, for as long as it may be remembered. Not for two threads at once.</summary>
internal sealed class RecursorCache(TimeProvider time)
{
    private const uint SecondsMax = 86_400;

    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = [];

    public int Count => _entries.Count;

    /// <summary>A copy of what was said, its times to live reduced by the time that has passed; null when nothing is known.</summary>
    public byte[]? TryGet(string key, int questionEnd)
    {
        if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            return null;
        }

        double age = time.GetElapsedTime(node.Value.At).TotalSeconds;
        if (age >= node.Value.Seconds)
        {
            Remove(node);
            return null;
        }

        byte[] reply = [.. node.Value.Reply];
        DnsReply.Age(reply, questionEnd, (uint)age);
        return reply;
    }

    /// <summary>Remembers a reply; the oldest goes when there are too many.</summary>
    public void Add(string key, byte[] reply, uint seconds, int entriesMax)
    {
        if (seconds == 0 || entriesMax == 0)
        {
            return;
        }

        if (_entries.TryGetValue(key, out LinkedListNode<Entry>? known))
        {
            Remove(known);
        }

        while (_entries.Count >= entriesMax)
        {
            Remove(_byAge.First!);
        }

        _entries.Add(key, _byAge.AddLast(new Entry(key, reply, Math.Min(seconds, SecondsMax), time.GetTimestamp())));
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byAge.Remove(node);
    }

    private sealed record Entry(string Key, byte[] Reply, uint Seconds, long At);
}
