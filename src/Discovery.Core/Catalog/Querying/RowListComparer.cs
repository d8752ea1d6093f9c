namespace Discovery.Catalog;

/// <summary>Tells whether two replies list the same rows, by a rule for single rows.</summary>
internal sealed class RowListComparer<T>(Func<T, T, bool> areSame) : IEqualityComparer<IReadOnlyList<T>>
{
    public bool Equals(IReadOnlyList<T>? x, IReadOnlyList<T>? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.Count == y.Count && x.Zip(y, areSame).All(static same => same));

    public int GetHashCode(IReadOnlyList<T> rows) => rows.Count;
}
