namespace Discovery.Catalog;

/// <summary>Tells whether two replies show the same instances.</summary>
internal sealed class InstanceListComparer : IEqualityComparer<IReadOnlyList<ServiceInstance>>
{
    public static readonly InstanceListComparer Instance = new();

    public bool Equals(IReadOnlyList<ServiceInstance>? x, IReadOnlyList<ServiceInstance>? y)
    {
        if (ReferenceEquals(x, y))
        {
            return true;
        }

        if (x is null || y is null || x.Count != y.Count)
        {
            return false;
        }

        for (int i = 0; i < x.Count; i++)
        {
            if (!ReferenceEquals(x[i], y[i]) && !x[i].IsSameAs(y[i]))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(IReadOnlyList<ServiceInstance> instances) => instances.Count;
}
