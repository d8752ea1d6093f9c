using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Discovery.Catalog;

/// <summary>A small immutable map of strings, kept and encoded in ordinal order of its keys.</summary>
internal sealed class StringMap : IReadOnlyDictionary<string, string>, IEquatable<StringMap>
{
    public static readonly StringMap Empty = new([]);

    private readonly KeyValuePair<string, string>[] _pairs;

    private StringMap(KeyValuePair<string, string>[] sortedPairs) => _pairs = sortedPairs;

    public int Count => _pairs.Length;

    public IEnumerable<string> Keys => _pairs.Select(static pair => pair.Key);

    public IEnumerable<string> Values => _pairs.Select(static pair => pair.Value);

    public ReadOnlySpan<KeyValuePair<string, string>> Pairs => _pairs;

    public string this[string key] => TryGetValue(key, out string? value) ? value : throw new KeyNotFoundException(key);

    public static StringMap From(IEnumerable<KeyValuePair<string, string>>? pairs)
    {
        if (pairs is null or StringMap { Count: 0 })
        {
            return Empty;
        }

        return pairs as StringMap ?? FromSorted([.. pairs.OrderBy(static pair => pair.Key, StringComparer.Ordinal)]);
    }

    /// <summary>Takes pairs that are already in ordinal order of distinct keys.</summary>
    public static StringMap FromSorted(KeyValuePair<string, string>[] pairs) => pairs.Length == 0 ? Empty : new StringMap(pairs);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        foreach (KeyValuePair<string, string> pair in _pairs)
        {
            if (pair.Key == key)
            {
                value = pair.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    public bool Equals(StringMap? other)
    {
        bool isSame = other is not null && _pairs.Length == other._pairs.Length;
        for (int i = 0; isSame && i < _pairs.Length; i++)
        {
            isSame = _pairs[i].Key == other!._pairs[i].Key && _pairs[i].Value == other._pairs[i].Value;
        }

        return isSame;
    }

    public override bool Equals(object? obj) => Equals(obj as StringMap);

    public override int GetHashCode() => _pairs.Length == 0 ? 0 : HashCode.Combine(_pairs.Length, _pairs[0].Key, _pairs[0].Value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)_pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
