namespace Discovery.Testing;

/// <summary>What a client may ask of a key.</summary>
public enum RegisterVerb
{
    /// <summary>Reads the value.</summary>
    Get,

    /// <summary>Writes the value.</summary>
    Put,

    /// <summary>Writes the value if the present one is as expected.</summary>
    Cas,

    /// <summary>Removes the value.</summary>
    Delete,
}

/// <summary>One request to a key.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Key">To which key.</param>
/// <param name="Value">What to write.</param>
/// <param name="Expected">For <see cref="RegisterVerb.Cas"/>: the present value; null for none.</param>
public sealed record KeyValueInput(RegisterVerb Verb, string Key, string? Value = null, string? Expected = null)
{
    /// <inheritdoc />
    public override string ToString() => Verb switch
    {
        RegisterVerb.Get => $"get {Key}",
        RegisterVerb.Delete => $"delete {Key}",
        RegisterVerb.Put => $"put {Key}={Value}",
        _ => $"cas {Key}: {Expected ?? "none"} => {Value}",
    };
}

/// <summary>The answer of a key.</summary>
/// <param name="Succeeded">For <see cref="RegisterVerb.Cas"/>: whether it wrote. True for all others.</param>
/// <param name="Value">For <see cref="RegisterVerb.Get"/>: what was read; null for none.</param>
public sealed record KeyValueOutput(bool Succeeded = true, string? Value = null)
{
    /// <inheritdoc />
    public override string ToString() => $"{(Succeeded ? "ok" : "refused")} {Value ?? "none"}";
}

/// <summary>The value of one key.</summary>
/// <param name="Value">Null for none.</param>
public readonly record struct KeyValueState(string? Value)
{
    /// <inheritdoc />
    public override string ToString() => Value ?? "none";
}
