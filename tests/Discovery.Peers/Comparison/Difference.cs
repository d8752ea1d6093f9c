namespace Discovery.Peers.Comparison;

/// <summary>One field in which two replies differ.</summary>
internal sealed record Difference(string Scenario, string Request, string Field, string Ours, string Theirs)
{
    public override string ToString() => $"[{Scenario}] {Request}\n    {Field}\n      ours:   {Ours}\n      theirs: {Theirs}";
}
