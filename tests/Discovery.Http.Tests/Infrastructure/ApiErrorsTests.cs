namespace Discovery.Infrastructure;

public sealed class ApiErrorsTests
{
    [Theory]
    [InlineData(null, "No cluster leader")]
    [InlineData("Disk full", "No cluster leader. Disk full")]
    public void NoLeader_BeginsWithTheTextThatClientsLookFor(string? concern, string text) =>
        Assert.Equal((500, text), ApiErrors.Of(new DiscoveryException(DiscoveryError.NoLeader, "no leader is known"), concern));
}
