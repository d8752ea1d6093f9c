namespace Discovery.Health;

/// <summary>Names one check of this node.</summary>
/// <param name="ServiceId">The service that it belongs to; null: the node itself.</param>
/// <param name="CheckId">Its id.</param>
internal readonly record struct CheckKey(string? ServiceId, string CheckId)
{
    public override string ToString() => ServiceId is null ? CheckId : $"{CheckId} of {ServiceId}";
}
