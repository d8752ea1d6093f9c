using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>Reads the value of one field into its object.</summary>
internal delegate void RpcFieldReader<in T>(ref RpcReader reader, T target);

/// <summary>One field of a shape.</summary>
/// <param name="Name">Its name, exact in its case.</param>
/// <param name="Read">Reads its value; nil was looked for before.</param>
internal sealed record RpcField<T>(string Name, RpcFieldReader<T> Read);

/// <summary>A Go struct on the wire: a map by names, or an array in the order in which its fields are declared.</summary>
/// <param name="fields">Its fields in that order, those of embedded structs in their place.</param>
internal sealed class RpcShape<T>(params RpcField<T>[] fields)
    where T : class
{
    private readonly Dictionary<string, RpcField<T>> _byName = fields.ToDictionary(static field => field.Name, StringComparer.Ordinal);
    private Dictionary<string, RpcField<T>>.AlternateLookup<ReadOnlySpan<char>> ByName =>
        _byName.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The fields, for a shape that has them too.</summary>
    public IReadOnlyList<RpcField<T>> Fields => fields;

    public RpcField<T>? Find(ReadOnlySpan<byte> name)
    {
        const int LongestName = 64;
        if (name.Length > LongestName)
        {
            return null;
        }

        Span<char> chars = stackalloc char[LongestName];
        return System.Text.Ascii.ToUtf16(name, chars, out int count) == System.Buffers.OperationStatus.Done
            && ByName.TryGetValue(chars[..count], out RpcField<T>? field) ? field : null;
    }
}
