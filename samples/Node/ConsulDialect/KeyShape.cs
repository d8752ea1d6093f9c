namespace Discovery.Node.ConsulDialect;

/// <summary>The keys that an object may have, made from lines of the table; objects inside come from dotted paths.</summary>
/// <remarks>Names are matched whatever their case, as Consul does.</remarks>
internal sealed class KeyShape
{
    private readonly Dictionary<string, DialectKey> _keys = new(StringComparer.OrdinalIgnoreCase);

    public KeyShape(IEnumerable<DialectKey> lines)
    {
        foreach (DialectKey line in lines)
        {
            int dot = line.Path.LastIndexOf('.');
            KeyShape owner = dot < 0 ? this : Below(line.Path[..dot]);
            owner._keys.Add(line.Name, line);
            if (line.Alias.Length > 0)
            {
                owner._keys.Add(line.Alias, line);
            }
        }
    }

    /// <summary>Every key once, in the order of the table.</summary>
    public IEnumerable<DialectKey> Keys => _keys.Where(static pair => !IsAlias(pair.Key, pair.Value)).Select(static pair => pair.Value);

    /// <summary>The line of a name, or null.</summary>
    public DialectKey? Find(string name) => _keys.GetValueOrDefault(name);

    private static bool IsAlias(string name, DialectKey key) => name == key.Alias;

    private KeyShape Below(string path)
    {
        KeyShape shape = this;
        int start = 0;
        while (start < path.Length)
        {
            int dot = path.IndexOf('.', start);
            int end = dot < 0 ? path.Length : dot;
            string name = path[start..end];
            if (!shape._keys.TryGetValue(name, out DialectKey? key))
            {
                key = new DialectKey(path[..end], ValueKind.Object) { Handling = Handling.Composed, Shape = new KeyShape([]) };
                shape._keys.Add(name, key);
            }

            shape = key.Shape!;
            start = end + 1;
        }

        return shape;
    }
}
