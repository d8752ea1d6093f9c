using Discovery.State;

namespace Discovery;

/// <summary>A family of topics, one per key: what can be watched, and when it last changed.</summary>
/// <remarks>
/// A topic outlives what it stands for: a delete raises its index like any change. Topics of absent objects are reaped later, which raises
/// the floor that every absent topic of the space reads as its index; so absence can be watched like presence, and no index ever goes back.
/// </remarks>
public sealed class StateTopicSpace
{
    internal StateTopicSpace(string module, string name, StateTopicPresence? presence)
    {
        Module = module;
        Name = name;
        Presence = presence;
    }

    /// <summary>The module that declared the space.</summary>
    public string Module { get; }

    /// <summary>Its name, unique within the module.</summary>
    public string Name { get; }

    internal StateTopicPresence? Presence { get; }

    /// <summary>The table whose rows these are the topics of; null for topics that a module touches.</summary>
    internal StateTable? Rows { get; set; }

    internal int Id { get; private set; } = -1;

    internal ulong HashSeed { get; private set; }

    /// <summary>Whether an application's module declared it: what its code throws rolls the command back.</summary>
    internal bool IsApplication { get; private set; }

    internal string FullName => $"{Module}/{Name}";

    /// <inheritdoc/>
    public override string ToString() => FullName;

    internal void ThrowIfUnbound()
    {
        if (Id < 0)
        {
            throw new InvalidOperationException($"The topic space {FullName} belongs to no state machine yet.");
        }
    }

    internal void Bind(int id, bool isApplication)
    {
        Invariant.Check(Id < 0 || Id == id, $"topic space {FullName} belongs to two schemas");
        Id = id;
        IsApplication = isApplication;
        HashSeed = StateHash.SeedOf(FullName) + 1;
    }
}
