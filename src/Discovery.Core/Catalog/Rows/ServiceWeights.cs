namespace Discovery;

/// <summary>How much of a service's traffic an instance is to get, by its health. Relative to the other instances; 0 to 65,535.</summary>
/// <param name="Passing">While all its checks pass.</param>
/// <param name="Warning">While a check warns and none is critical.</param>
public readonly record struct ServiceWeights(int Passing, int Warning)
{
    /// <summary>One and one: every available instance gets the same.</summary>
    public static readonly ServiceWeights Default = new(1, 1);
}
