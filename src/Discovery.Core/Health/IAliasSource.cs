namespace Discovery.Health;

/// <summary>Where alias checks look: the checks of a service or node, and word of their changes.</summary>
internal interface IAliasSource
{
    /// <summary>The checks that count for a target now: those of the service and of its node, or of the node alone.</summary>
    /// <param name="target">Whose health is asked.</param>
    /// <param name="self">The asking check, which must be left out.</param>
    AliasView Read(AliasTarget target, CheckKey self);

    /// <summary>Calls back, from any thread, after each change that may concern the target, until disposed.</summary>
    IDisposable Subscribe(AliasTarget target, Action changed);
}

/// <param name="Node">Null: the own node.</param>
/// <param name="ServiceId">Null: the node itself.</param>
internal readonly record struct AliasTarget(string? Node, string? ServiceId)
{
    /// <summary>What an alias check follows; nothing for a check of another kind.</summary>
    public static AliasTarget? Of(CheckDefinition definition) => definition.Kind != CheckKind.Alias ? null
        : new AliasTarget(NullIfEmpty(definition.AliasNode), NullIfEmpty(definition.AliasService));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <param name="Found">Whether the service (or node) exists.</param>
/// <param name="Node">The node's name.</param>
/// <param name="Checks">In a fixed order.</param>
internal sealed record AliasView(bool Found, string Node, IReadOnlyList<AliasedCheck> Checks);

internal readonly record struct AliasedCheck(string Name, CheckStatus Status, string Output);
