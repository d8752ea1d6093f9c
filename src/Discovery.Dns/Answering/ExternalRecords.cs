using System.Text;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>What recursors said about hosts that services of the catalog are at.</summary>
internal sealed class ExternalRecords
{
    private readonly Dictionary<(string Name, ushort Type), IReadOnlyList<ExternalRecord>> _known = [];

    public bool TryGet(ReadOnlySpan<byte> host, ushort type, out IReadOnlyList<ExternalRecord> records)
    {
        bool isKnown = _known.TryGetValue(KeyOf(host, type), out IReadOnlyList<ExternalRecord>? found);
        records = found ?? [];
        return isKnown;
    }

    public void Add(ReadOnlySpan<byte> host, ushort type, IReadOnlyList<ExternalRecord> records) => _known[KeyOf(host, type)] = records;

    private static (string Name, ushort Type) KeyOf(ReadOnlySpan<byte> host, ushort type)
    {
        Span<byte> folded = stackalloc byte[DnsQuery.NameBytesMax];
        DnsName.Fold(host, folded);
        return (Encoding.Latin1.GetString(folded[..host.Length]), type);
    }
}
