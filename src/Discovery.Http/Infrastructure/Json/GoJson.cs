namespace Discovery.Infrastructure;

/// <summary>Reads request bodies as Consul does: with the rules, and in the words, of Go's JSON decoder. Pure.</summary>
internal static class GoJson
{
    /// <summary>What Consul puts before the text of an error.</summary>
    public const string ErrorPrefix = "Request decode failed: ";

    private const string UnknownNamespace = "json: unknown field \"Namespace\"";

    /// <summary>Reads the first value of a body into an object; what follows it is not looked at.</summary>
    /// <remarks>
    /// null leaves the object as it is. Names are compared without regard to case; of a name given twice the last one counts.
    /// </remarks>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Decode<T>(ReadOnlySpan<byte> body, GoShape<T> shape, T target)
        where T : class, new()
    {
        if (GoJsonSyntax.Measure(body, out ReadOnlySpan<byte> value) is { } trouble)
        {
            return trouble;
        }

        var reader = new GoJsonReader(value);
        reader.ReadRoot(shape, target);
        return reader.Error?.ToString();
    }

    /// <summary>Reads the first value of a body into a list of objects; what follows it is not looked at.</summary>
    /// <param name="body">The body.</param>
    /// <param name="shape">The objects' shape.</param>
    /// <param name="type">Go's type of the list.</param>
    /// <param name="values">The objects; null for one that is null.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? DecodeList<T>(ReadOnlySpan<byte> body, GoShape<T> shape, string type, out List<T?> values)
        where T : class, new()
    {
        values = [];
        if (GoJsonSyntax.Measure(body, out ReadOnlySpan<byte> value) is { } trouble)
        {
            return trouble;
        }

        var reader = new GoJsonReader(value);
        List<T?>? read = null;
        reader.ReadRootList(shape, type, ref read);
        values = read ?? [];
        return reader.Error?.ToString();
    }

    /// <summary>The text of an error where Consul tells that a field is one of its paid edition.</summary>
    public static string WithEnterpriseHint(string error) =>
        error == UnknownNamespace ? $"{error} - Namespaces are a Consul Enterprise feature" : error;
}
