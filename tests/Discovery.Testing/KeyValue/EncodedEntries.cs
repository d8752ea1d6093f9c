using Discovery.KeyValue;

namespace Discovery.Testing;

/// <summary>Treats a store of few keys like one of many.</summary>
internal static class EncodedEntries
{
    /// <summary>Has the table of keys keep entries encoded from the first one on.</summary>
    public static void BeginAtOnce(KeyValueModule module) => module.Keys.Entries.EncodedAbove = 0;
}
