using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>A name below the domain, taken apart: labels 0 to <paramref name="Parts"/> stand before the word that tells the kind.</summary>
internal readonly record struct ParsedName(NameKind Kind, int Parts)
{
    /// <summary>Takes a name apart.</summary>
    /// <remarks>
    /// Labels are looked at from the right; the first that is a word of the language tells the kind, what is right of it is the
    /// datacenter. A question for SRV needs no word where a label begins with an underscore.
    /// </remarks>
    /// <param name="name">The name.</param>
    /// <param name="labels">How many labels stand before the domain.</param>
    /// <param name="type">The type of the question.</param>
    /// <param name="datacenter">The only datacenter that is known, in lower case.</param>
    public static ParsedName Parse(QuestionName name, int labels, ushort type, ReadOnlySpan<byte> datacenter)
    {
        if (labels == 0)
        {
            return new ParsedName(NameKind.Apex, 0);
        }

        for (int i = labels - 1; i >= 0; i--)
        {
            ReadOnlySpan<byte> label = name.Label(i);
            NameKind kind = KindOf(label);
            if (kind != NameKind.Unknown)
            {
                bool isHere = kind == NameKind.Address || IsHere(name, i + 1, labels, datacenter);
                return !isHere ? default : new ParsedName(i == 0 ? NameKind.Parent : kind, i);
            }

            if (type == DnsType.SRV && label[0] == '_')
            {
                return IsHere(name, i + 1, labels, datacenter) ? new ParsedName(NameKind.Service, i + 1) : default;
            }
        }

        return labels == 1 && name.Label(0).SequenceEqual(datacenter) ? new ParsedName(NameKind.Parent, 0) : default;
    }

    private static bool IsHere(QuestionName name, int first, int labels, ReadOnlySpan<byte> datacenter) =>
        first == labels || (first + 1 == labels && name.Label(first).SequenceEqual(datacenter));

    private static NameKind KindOf(ReadOnlySpan<byte> label) => label.Length switch
    {
        4 when label.SequenceEqual("node"u8) => NameKind.Node,
        4 when label.SequenceEqual("addr"u8) => NameKind.Address,
        5 when label.SequenceEqual("query"u8) => NameKind.Absent,
        7 when label.SequenceEqual("service"u8) => NameKind.Service,
        7 when label.SequenceEqual("connect"u8) || label.SequenceEqual("ingress"u8) => NameKind.Absent,
        _ => NameKind.Unknown,
    };
}
