using System.Runtime.InteropServices;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>Makes the list of records fit.</summary>
internal sealed partial class AnswerWorker
{
    private readonly Dictionary<ulong, int> _owners = [];
    private bool _hasOwners;

    private const int ConsulMargin = 7;
    private const int ConsulFar = 100;
    private const int ConsulTcpAnswersMax = 4096;
    private const int ConsulTcpPortsMax = 1024;
    private const int ConsulTcpBytes = 65_523;

    private int Trim(Span<byte> reply, int head, int opt)
    {
        int limit = AllowedBytes - opt;
        int length = _settings.HasQuirks && _isSelection
            ? TrimAsConsul(reply, head, limit)
            : TrimToFit(reply, head, limit);
        if (length >= 0 && length <= limit)
        {
            return length;
        }

        // Not even one record fits: the client has to come back over TCP.
        _isTruncated = true;
        MessageWriter.WriteCounts(reply, 0, 0, 0);
        return head;
    }

    private int Encode(Span<byte> reply, int head, int answers, List<ListedRecord> additionals)
    {
        int length = _writer.Write(reply, head, _records, answers, additionals, _settings.Compresses);
        return length < 0 ? int.MaxValue : length;
    }

    // First the metadata goes, for nobody misses it; then answers, with the addresses that belong to them.
    private int TrimToFit(Span<byte> reply, int head, int limit)
    {
        int answers = _records.Answers.Count;
        if (_isSelection && answers > AnswersMax)
        {
            answers = AnswersMax;
            _isTruncated = TellsCut(isBySize: false);
            Rebuild(answers);
        }
        else
        {
            int whole = Encode(reply, head, answers, _records.Additionals);
            if (whole <= limit)
            {
                return whole;
            }

            Rebuild(answers);
        }

        int length = Encode(reply, head, answers, _rebuilt);
        if (length <= limit)
        {
            return length;
        }

        _isTruncated = !_isSelection || TellsCut(isBySize: true) || _isTruncated;
        int low = 0;
        for (int high = answers - 1; low < high;)
        {
            int middle = (low + high + 1) / 2;
            Rebuild(middle);
            (low, high) = Encode(reply, head, middle, _rebuilt) <= limit ? (middle, high) : (low, middle - 1);
        }

        if (low == 0)
        {
            _isTruncated = true;
        }

        Rebuild(low);
        return Encode(reply, head, low, _rebuilt);
    }

    // Consul's way: it leaves a margin, measures names in full once it has cut a list for a client of 512 bytes, and looks for the
    // count in halves only when it is far off.
    private int TrimAsConsul(Span<byte> reply, int head, int limit)
    {
        bool isPort = _query.Type == DnsType.SRV;
        int answers = _records.Answers.Count;
        int all = answers;
        bool measuresInFull = false;
        int bytesMax = _request.IsTcp ? ConsulTcpBytes + ConsulMargin : Math.Min(ClientBytes, AllowedBytes);
        if (_request.IsTcp)
        {
            answers = Math.Min(answers, isPort ? ConsulTcpPortsMax : ConsulTcpAnswersMax);
        }
        else if (ClientBytes == 512 && answers > AnswersMax)
        {
            answers = AnswersMax;
            measuresInFull = true;
        }

        List<ListedRecord> additionals = _records.Additionals;
        if (answers < all)
        {
            Rebuild(answers);
            additionals = _rebuilt;
        }

        while (answers > 1)
        {
            int length = Measure(reply, head, answers, additionals, measuresInFull);
            if (length <= bytesMax - ConsulMargin)
            {
                break;
            }

            answers = length - bytesMax > ConsulFar ? LargestWithin(reply, head, answers, bytesMax, measuresInFull) : answers - 1;
            Rebuild(answers);
            additionals = _rebuilt;
        }

        // Consul forgets its OPT record here, and never cuts a single answer's metadata: then it sends more than the client can take.
        // That is the one thing that is not done as it does.
        int bytes = Encode(reply, head, answers, additionals);
        while (bytes > limit && (answers > 1 || additionals != _rebuilt))
        {
            answers -= additionals == _rebuilt ? 1 : 0;
            Rebuild(answers);
            bytes = Encode(reply, head, answers, additionals = _rebuilt);
        }

        _isTruncated = answers < all && _settings.TellsTruncation;
        if (answers == 0 && all > 0 && !_isTruncated)
        {
            AddSoa(_records.Authorities);
            return Encode(reply, head, 0, additionals);
        }

        return bytes;
    }

    private int LargestWithin(Span<byte> reply, int head, int answers, int bytesMax, bool inFull)
    {
        int low = 1;
        for (int high = answers - 1; low < high;)
        {
            int middle = (low + high + 1) / 2;
            Rebuild(middle);
            (low, high) = Measure(reply, head, middle, _rebuilt, inFull) <= bytesMax ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private int Measure(Span<byte> reply, int head, int answers, List<ListedRecord> additionals, bool inFull)
    {
        if (!inFull)
        {
            return Encode(reply, head, answers, additionals);
        }

        int length = head;
        foreach (ref readonly ListedRecord record in CollectionsMarshal.AsSpan(_records.Answers)[..answers])
        {
            length += MessageWriter.FullBytes(record, _query.NameLength);
        }

        foreach (ref readonly ListedRecord record in CollectionsMarshal.AsSpan(additionals))
        {
            length += MessageWriter.FullBytes(record, _query.NameLength);
        }

        return length;
    }

    // The addresses of the targets that are left, one for each, and what leads from a host's name to its address.
    private void Rebuild(int answers)
    {
        FindOwners();
        uint generation = NextSeen(_records.Additionals.Count);
        _rebuilt.Clear();
        foreach (ref readonly ListedRecord answer in CollectionsMarshal.AsSpan(_records.Answers)[..answers])
        {
            if (answer.Type == DnsType.SRV)
            {
                AddRebuilt(_records.DataOf(answer)[6..], generation);
            }
            else if (answer.Type == DnsType.NS)
            {
                AddRebuilt(_records.DataOf(answer), generation);
            }
        }
    }

    private void FindOwners()
    {
        if (_hasOwners)
        {
            return;
        }

        _hasOwners = true;
        _owners.Clear();
        for (int i = 0; i < _records.Additionals.Count; i++)
        {
            if (_records.Additionals[i].Type != DnsType.TXT)
            {
                _owners.TryAdd(HashOf(_records.OwnerOf(_records.Additionals[i])), i);
            }
        }
    }

    private void AddRebuilt(ReadOnlySpan<byte> target, uint generation)
    {
        while (_owners.TryGetValue(HashOf(target), out int index) && _seen[index] != generation)
        {
            ref readonly ListedRecord record = ref CollectionsMarshal.AsSpan(_records.Additionals)[index];
            _seen[index] = generation;
            _rebuilt.Add(record);
            if (record.Type != DnsType.CNAME)
            {
                return;
            }

            target = _records.DataOf(record);
        }
    }

    // 64 bits of FNV-1a stand for the name: two names of one reply that share them would cost one address.
    private static ulong HashOf(ReadOnlySpan<byte> name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in name)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }
}
