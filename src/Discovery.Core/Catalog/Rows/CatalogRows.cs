namespace Discovery.Catalog;

/// <summary>Compares what rows say, leaving out their indexes.</summary>
internal static class CatalogRows
{
    public static bool AreSame(CatalogNode a, CatalogNode b) => ReferenceEquals(a, b)
        || (a.Name == b.Name && a.Id == b.Id && a.Address == b.Address && a.Datacenter == b.Datacenter && a.Owner == b.Owner
            && AreSame(a.TaggedAddresses, b.TaggedAddresses) && AreSame(a.Meta, b.Meta));

    public static bool AreSame(CatalogService a, CatalogService b) => ReferenceEquals(a, b)
        || (a.Node == b.Node && a.Id == b.Id && a.Name == b.Name && a.Address == b.Address && a.Port == b.Port && a.Weights == b.Weights
            && a.EnableTagOverride == b.EnableTagOverride && a.IsDraining == b.IsDraining && a.Owner == b.Owner
            && AreSame(a.Tags, b.Tags) && AreSame(a.Meta, b.Meta) && AreSame(a.TaggedAddresses, b.TaggedAddresses));

    public static bool AreSame(CatalogCheck a, CatalogCheck b) => ReferenceEquals(a, b)
        || (a.Node == b.Node && a.CheckId == b.CheckId && a.Name == b.Name && a.Status == b.Status && a.Notes == b.Notes
            && a.Output == b.Output && a.ServiceId == b.ServiceId && a.ServiceName == b.ServiceName && a.Type == b.Type
            && a.Owner == b.Owner && Equals(a.Definition, b.Definition));

    public static bool AreSame(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && StringMap.From(a).Equals(StringMap.From(b));

    public static bool AreSame(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        bool isSame = a.Count == b.Count;
        for (int i = 0; isSame && i < a.Count; i++)
        {
            isSame = a[i] == b[i];
        }

        return isSame;
    }

    private static bool AreSame(
        IReadOnlyList<KeyValuePair<string, ServiceAddress>> a, IReadOnlyList<KeyValuePair<string, ServiceAddress>> b)
    {
        bool isSame = a.Count == b.Count;
        for (int i = 0; isSame && i < a.Count; i++)
        {
            isSame = a[i].Key == b[i].Key && a[i].Value == b[i].Value;
        }

        return isSame;
    }
}
