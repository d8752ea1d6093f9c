namespace Discovery.Events;

/// <summary>What an event may be; texts and lengths are those that Consul 1.8.7 was seen to have.</summary>
public sealed class UserEventRulesTests
{
    [Theory]
    [InlineData("", "", "", "", "User event missing name")]
    [InlineData("a", "", "", "x", "Cannot provide tag filter without service filter")]
    [InlineData("a", "(x", "", "", "Invalid node filter: error parsing regexp: missing closing ): `(x`")]
    [InlineData("a", "", "(x", "", "Invalid service filter: error parsing regexp: missing closing ): `(x`")]
    [InlineData("a", "", "s", "[", "Invalid tag filter: error parsing regexp: missing closing ]: `[`")]
    public void Check_OfWhatIsNoEvent_ThrowsConsulsText(string name, string node, string service, string tag, string text)
    {
        DiscoveryException e = Assert.Throws<DiscoveryException>(
            () => UserEventRules.Check(name, new UserEventFilter { Node = node, Service = service, Tag = tag }));
        Assert.Equal((DiscoveryError.InvalidRequest, text), (e.Error, e.Message));
    }

    [Theory]
    [InlineData(414, 48, null)]
    [InlineData(415, 48, "encoded user event exceeds configured limit of 512 bytes after encoding")]
    [InlineData(444, 48, "encoded user event exceeds configured limit of 512 bytes after encoding")]
    [InlineData(445, 48, "user event exceeds configured limit of 512 bytes before encoding")]
    [InlineData(413, 200, null)]
    [InlineData(414, 200, "encoded user event exceeds configured limit of 512 bytes after encoding")]
    [InlineData(410, 70_000, null)]
    [InlineData(411, 70_000, "encoded user event exceeds configured limit of 512 bytes after encoding")]
    public void CheckLength_AtTheLimits_IsAsConsulWasSeen(int payloadBytes, ulong time, string? text)
    {
        byte[] encoded = UserEventCodec.Encode(new UserEvent { Id = Guid.NewGuid(), Name = "b", Payload = new byte[payloadBytes] });
        Exception? e = Record.Exception(() => UserEventRules.CheckLength("b", encoded.Length, time));
        Assert.Equal(text, e?.Message);
    }

    [Theory]
    [InlineData("", "", "", true)]
    [InlineData("^n1$", "", "", true)]
    [InlineData("x?", "", "", true)]
    [InlineData("N1", "", "", false)]
    [InlineData("n2", "", "", false)]
    [InlineData("", "^zz1$", "", true)]
    [InlineData("", "^web$", "", false)]
    [InlineData("", "z", "blue", true)]
    [InlineData("", "z", "lue$", true)]
    [InlineData("", "z", "^red", false)]
    [InlineData("n1", "z", "blue", true)]
    [InlineData("n2", "z", "blue", false)]
    public void Includes_ByNodeServiceIdAndTag_AsConsulWasSeen(string node, string service, string tag, bool includes)
    {
        var filter = new UserEventFilter { Node = node, Service = service, Tag = tag };
        AgentService web = new(new CatalogService { Node = "n1", Id = "zz1", Name = "web", Tags = ["blue"] }, true);
        Assert.Equal((includes, null), UserEventAudience.Includes(filter, "n1", () => [web]));
    }

    [Fact]
    public void Includes_WithAFilterThatIsNone_SaysSo() => Assert.Equal(
        (false, "error parsing regexp: missing closing ): `(`"),
        UserEventAudience.Includes(new UserEventFilter { Node = "(" }, "n1", static () => []));
}
