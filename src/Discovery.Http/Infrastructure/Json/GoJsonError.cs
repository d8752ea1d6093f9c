namespace Discovery.Infrastructure;

/// <summary>Why a value could not be read, in the words of Go's decoder.</summary>
internal sealed record GoJsonError
{
    /// <summary>The whole text; null for a value of the wrong type.</summary>
    public string? Text { get; private init; }

    private string Value { get; init; } = "";

    private string Type { get; init; } = "";

    private string Struct { get; init; } = "";

    private string Field { get; init; } = "";

    /// <summary>Anything but a value of the wrong type.</summary>
    public static GoJsonError Of(string text) => new() { Text = text };

    /// <summary>A value of the wrong type: what stood there, and Go's name for what was wanted.</summary>
    public static GoJsonError Mismatch(string value, string type) => new() { Value = value, Type = type };

    /// <summary>The same error, told as one of the field that it was found in: the outermost field wins, as in Go.</summary>
    public GoJsonError In(string name, string field) => Text is null ? this with { Struct = name, Field = field } : this;

    public override string ToString() => Text
        ?? (Struct.Length > 0 || Field.Length > 0
            ? $"json: cannot unmarshal {Value} into Go struct field {Struct}.{Field} of type {Type}"
            : $"json: cannot unmarshal {Value} into Go value of type {Type}");
}
