namespace Discovery;

/// <summary>What a step does with a row of the catalog; the verbs of Consul's txn endpoint.</summary>
public enum CatalogVerb
{
    /// <summary>Reads it; it must be there.</summary>
    Get = 0,

    /// <summary>Adds or replaces it.</summary>
    Set,

    /// <summary>Adds it if it is absent and the index is 0, or replaces it if its modify index is the given one.</summary>
    Cas,

    /// <summary>Deletes it; it need not be there.</summary>
    Delete,

    /// <summary>Deletes it if its modify index is the given one.</summary>
    DeleteCas,
}
