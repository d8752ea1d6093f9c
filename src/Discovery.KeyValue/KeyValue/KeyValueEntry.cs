using System.Globalization;
using Discovery.KeyValue;

namespace Discovery;

/// <summary>A key with its value, as it was at one index. Never changes.</summary>
public sealed class KeyValueEntry
{
    private readonly byte[] _key;
    private readonly byte[] _value;
    private readonly KeyValueTraits _traits;

    internal KeyValueEntry(byte[] key, byte[] value, ulong flags, ulong createIndex, ulong modifyIndex, KeyValueTraits traits)
    {
        _key = key;
        _value = value;
        _traits = traits;
        Flags = flags;
        CreateIndex = createIndex;
        ModifyIndex = modifyIndex;
    }

    /// <summary>The key.</summary>
    public KeyValueKey Key => new(_key);

    /// <summary>The value; empty for none.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    /// <summary>A number that means something to those who write the key; Consul's lock clients mark their keys with it.</summary>
    public ulong Flags { get; }

    /// <summary>When the key was created.</summary>
    public ulong CreateIndex { get; }

    /// <summary>When it was last changed: what a compare-and-set compares.</summary>
    public ulong ModifyIndex { get; }

    /// <summary>How often it was locked since it was created or plainly put (Consul's rule: a put starts it anew). No fence.</summary>
    public ulong LockIndex => _traits.LockIndex;

    /// <summary>The session that holds it, or the empty id.</summary>
    public Guid Session => _traits.Session;

    /// <summary>When the session that holds it acquired it, 0 when none does: with the lineage, what a fence is made of.</summary>
    public ulong AcquireIndex => _traits.AcquireIndex;

    /// <summary>The cluster time at which it goes, or null for never.</summary>
    public TimeSpan? ExpiresAt => _traits.ExpiresAt == default ? null : _traits.ExpiresAt;

    /// <summary>The key, and how long its value is; not the value, which may be secret.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Key} ({_value.Length} bytes, modified at {ModifyIndex})");

    internal byte[] KeyArray => _key;

    internal byte[] ValueArray => _value;

    internal KeyValueTraits Traits => _traits;

    internal bool IsHeld => _traits.Session != Guid.Empty;

    internal KeyValueEntry With(ulong modifyIndex, KeyValueTraits traits) => new(_key, _value, Flags, CreateIndex, modifyIndex, traits);

    /// <summary>Whether both say the same, leaving out when they were changed.</summary>
    internal bool SaysSameAs(KeyValueEntry other) => Flags == other.Flags && CreateIndex == other.CreateIndex
        && _traits.Equals(other._traits) && _value.AsSpan().SequenceEqual(other._value);
}
