namespace Discovery.Catalog;

/// <summary>How large the parts of a registration may be.</summary>
internal static class CatalogLimits
{
    public const int LabelCharsMax = 63;
    public const int TextCharsMax = 255;
    public const int PortMax = 65_535;
    public const int WeightMax = 65_535;
    public const int TagsMax = 512;
    public const int TagCharsMax = 4096;
    public const int TaggedAddressesMax = 64;
    public const int MetaPairsMax = 64;
    public const int MetaKeyCharsMax = 128;
    public const int MetaValueCharsMax = 512;
    public const int ChecksMax = 1024;
    public const int CheckTextCharsMax = 65_536;

    /// <summary>By Consul's rules, which know no limit: what keeps one write from filling the log.</summary>
    public const int ConsulTextCharsMax = 524_288;
    public const int ConsulCountMax = 65_536;
}
