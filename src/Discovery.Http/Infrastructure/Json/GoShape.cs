namespace Discovery.Infrastructure;

/// <summary>Reads the value of one field into its object.</summary>
internal delegate void GoFieldReader<in T>(ref GoJsonReader reader, T target);

/// <summary>One field of a shape.</summary>
/// <param name="Name">The name, as Go's error texts spell it.</param>
/// <param name="Read">Reads its value.</param>
internal sealed record GoField<T>(string Name, GoFieldReader<T> Read);

/// <summary>What becomes of a field that a shape does not have.</summary>
internal enum UnknownFields
{
    Refused = 0,
    Ignored,
}

/// <summary>An object that a request may hold: its fields, and how Go calls it.</summary>
internal sealed class GoShape<T>
    where T : class, new()
{
    /// <summary>The name of the type in error texts of its fields; empty for one without a name.</summary>
    public required string Name { get; init; }

    /// <summary>The type in the error text of a value that is no object.</summary>
    public required string Type { get; init; }

    /// <summary>Its fields; where two have the same name but for its case, the exact one is taken, else the first.</summary>
    public required GoField<T>[] Fields { get; init; }

    public UnknownFields Unknown { get; init; }

    /// <summary>Whether Go reads it by a decoder of its own: its errors end the whole, and name the field that holds it.</summary>
    public bool IsCustom { get; init; }

    /// <summary>
    /// Looks at the whole once all fields are read; returns null or what is wrong. Only for a shape with a decoder of its own.
    /// </summary>
    public Func<T, string?>? Complete { get; init; }

    public GoField<T>? Find(ReadOnlySpan<byte> name)
    {
        foreach (GoField<T> field in Fields)
        {
            if (name.Length == field.Name.Length && System.Text.Ascii.Equals(name, field.Name))
            {
                return field;
            }
        }

        foreach (GoField<T> field in Fields)
        {
            if (GoJsonText.IsSameName(name, field.Name))
            {
                return field;
            }
        }

        return null;
    }
}
