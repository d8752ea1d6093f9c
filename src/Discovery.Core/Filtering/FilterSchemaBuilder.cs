using Discovery.Filtering;

namespace Discovery;

/// <summary>Declares the selectors of a row type, one call each, without reflection.</summary>
/// <typeparam name="T">Type of the rows.</typeparam>
/// <remarks>
/// Names are case-sensitive and spelled as in the JSON of the HTTP API. An accessor may return null: a null string is empty, a null list or
/// map is empty, a null struct compares like one whose fields are all empty. Accessors run once a row and match, and should not allocate.
/// <code>
/// static readonly FilterSchema&lt;Node&gt; Nodes = new FilterSchemaBuilder&lt;Node&gt;()
///     .String("Node", node =&gt; node.Name)
///     .StringMap("Meta", node =&gt; node.Meta)
///     .Build();
/// </code>
/// </remarks>
public sealed class FilterSchemaBuilder<T>
{
    private static readonly MapType<string?> StringMaps = new(StringType.Instance);
    private readonly Dictionary<string, FilterField<T>> _fields = new(StringComparer.Ordinal);

    /// <summary>A string: <c>==</c>, <c>!=</c>, <c>in</c> (substring), <c>matches</c> and their negations.</summary>
    /// <param name="name">The selector.</param>
    /// <param name="get">Reads the value of a row.</param>
    /// <returns>This builder.</returns>
    public FilterSchemaBuilder<T> String(string name, Func<T, string?> get) => Add(name, get, StringType.Instance);

    /// <summary>An integer: <c>==</c> and <c>!=</c>.</summary>
    /// <param name="name">The selector.</param>
    /// <param name="get">Reads the value of a row.</param>
    /// <returns>This builder.</returns>
    public FilterSchemaBuilder<T> Int(string name, Func<T, long> get) => Add(name, get, IntType.Instance);

    /// <summary>A boolean: <c>==</c> and <c>!=</c>.</summary>
    /// <param name="name">The selector.</param>
    /// <param name="get">Reads the value of a row.</param>
    /// <returns>This builder.</returns>
    public FilterSchemaBuilder<T> Bool(string name, Func<T, bool> get) => Add(name, get, BoolType.Instance);

    /// <summary>A list of strings: <c>in</c> (an element), <c>is empty</c> and their negations.</summary>
    /// <param name="name">The selector.</param>
    /// <param name="get">Reads the value of a row.</param>
    /// <returns>This builder.</returns>
    public FilterSchemaBuilder<T> StringList(string name, Func<T, IReadOnlyList<string>?> get) => Add(name, get, StringListType.Instance);

    /// <summary>A map of strings: <c>in</c> (a key), <c>is empty</c>, their negations, and <c>Name.key</c> as a string.</summary>
    /// <param name="name">The selector.</param>
    /// <param name="get">Reads the value of a row; the map's own comparer decides about keys, and should be ordinal.</param>
    /// <returns>This builder.</returns>
    public FilterSchemaBuilder<T> StringMap(string name, Func<T, IReadOnlyDictionary<string, string>?> get) =>
        Add(name, (Func<T, IReadOnlyDictionary<string, string?>?>)get!, StringMaps);

    /// <summary>A nested value: <c>Name.Field</c>.</summary>
    /// <typeparam name="TField">Type of the nested value.</typeparam>
    /// <param name="name">The selector.</param>
    /// <param name="get">Reads the value of a row.</param>
    /// <param name="schema">The nested value's selectors.</param>
    /// <returns>This builder.</returns>
    public FilterSchemaBuilder<T> Struct<TField>(string name, Func<T, TField?> get, FilterSchema<TField> schema)
        where TField : class => Add(name, get, new StructType<TField>(schema));

    /// <summary>A list of nested values: <c>is empty</c>, and <c>Name.Field</c>, which is true when any element passes.</summary>
    /// <typeparam name="TField">Type of an element.</typeparam>
    /// <param name="name">The selector.</param>
    /// <param name="get">Reads the value of a row.</param>
    /// <param name="schema">An element's selectors.</param>
    /// <returns>This builder.</returns>
    public FilterSchemaBuilder<T> StructList<TField>(string name, Func<T, IReadOnlyList<TField>?> get, FilterSchema<TField> schema) =>
        Add(name, get, new StructListType<TField>(schema));

    /// <summary>A map of nested values: <c>in</c> (a key), <c>is empty</c>, and <c>Name.key.Field</c>.</summary>
    /// <typeparam name="TField">Type of an entry.</typeparam>
    /// <param name="name">The selector.</param>
    /// <param name="get">Reads the value of a row; the map's own comparer decides about keys, and should be ordinal.</param>
    /// <param name="schema">An entry's selectors.</param>
    /// <returns>This builder.</returns>
    public FilterSchemaBuilder<T> StructMap<TField>(
        string name, Func<T, IReadOnlyDictionary<string, TField>?> get, FilterSchema<TField> schema)
        where TField : class =>
        Add(name, (Func<T, IReadOnlyDictionary<string, TField?>?>)get!, new MapType<TField?>(new StructType<TField>(schema)));

    /// <summary>Makes the schema; the builder can go on and make larger ones.</summary>
    /// <returns>The schema.</returns>
    public FilterSchema<T> Build() => new(new Dictionary<string, FilterField<T>>(_fields, StringComparer.Ordinal));

    private FilterSchemaBuilder<T> Add<TField>(string name, Func<T, TField> get, FilterType<TField> type)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(get);
        _fields.Add(name, new FilterField<T, TField>(get, type));
        return this;
    }
}
