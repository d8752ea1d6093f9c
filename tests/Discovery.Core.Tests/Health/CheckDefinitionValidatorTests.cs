namespace Discovery.Health;

public class CheckDefinitionValidatorTests
{
    private static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);

    public static TheoryData<string, CheckDefinition, string> Bad => new()
    {
        { "nothing", new(), "Ttl: TTL must be > 0 for TTL checks" },
        { "both", new() { Http = "http://x/", Interval = Sec(1), Ttl = Sec(1) }, "Interval: Interval and TTL cannot both be specified" },
        { "no interval", new() { Http = "http://x/" }, "Interval: Interval must be > 0 for Script, HTTP, or TCP checks" },
        { "alias probed", new() { AliasNode = "n", Tcp = "a:1", Interval = Sec(1) }, "Interval: Interval cannot be set for Alias checks" },
        { "alias ttl", new() { AliasNode = "n", Ttl = Sec(1) }, "Ttl: TTL must be not be set for Alias checks" },
        { "output", new() { Ttl = Sec(1), OutputMaxSize = -1 }, "OutputMaxSize: MaxOutputMaxSize must be positive" },
        {
            "warning", new() { Ttl = Sec(1), FailuresBeforeWarning = 3, FailuresBeforeCritical = 2 },
            "FailuresBeforeWarning: FailuresBeforeWarning can't be higher than FailuresBeforeCritical"
        },
        {
            "deregister", new() { Ttl = Sec(1), DeregisterCriticalServiceAfter = Sec(0.9) },
            "DeregisterCriticalServiceAfter: DeregisterCriticalServiceAfter must be at least 1s"
        },
        { "status", new() { Ttl = Sec(1), Status = (CheckStatus)9 }, "Status: Status for checks must 'passing', 'warning', 'critical'" },
        {
            "port", new() { Tcp = "host:65536", Interval = Sec(1) },
            "Tcp: Tcp must be host:port with a port from 1 to 65535, is 'host:65536'"
        },
        {
            "no host", new() { Udp = ":53", Interval = Sec(1) }, "Udp: Udp must be host:port with a port from 1 to 65535, is ':53'"
        },
        {
            "bare v6", new() { H2Ping = "::1:53", Interval = Sec(1) },
            "H2Ping: H2Ping must be host:port with a port from 1 to 65535, is '::1:53'"
        },
        {
            "grpc", new() { Grpc = "/service", Interval = Sec(1) },
            "Grpc: Grpc must be host:port or host:port/service with a port from 1 to 65535, is '/service'"
        },
        { "url", new() { Http = "ftp://x/", Interval = Sec(1) }, "Http: Http must be an absolute http or https URL, is 'ftp://x/'" },
        { "method", new() { Http = "http://x/", Method = "GE T", Interval = Sec(1) }, "Method: Method must be an HTTP token, is 'GE T'" },
        {
            "header", new() { Http = "http://x/", Header = { ["a b"] = ["x"] }, Interval = Sec(1) },
            "Header: Header name 'a b' is not an HTTP token"
        },
        {
            "header value", new() { Http = "http://x/", Header = { ["a"] = ["x\r\nEvil: 1"] }, Interval = Sec(1) },
            "Header: Header 'a' has a value with a line break"
        },
        { "args", new() { Args = [""], Interval = Sec(1) }, "Args: Args must begin with a program and hold no zero characters" },
        { "negative", new() { Ttl = Sec(1), Timeout = Sec(-1) }, "Timeout: Timeout must not be negative" },
        { "endless", new() { Ttl = TimeSpan.MaxValue }, "Ttl: Ttl must be at most 36500 days" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_OneMistake_SaysFieldAndReason(string name, CheckDefinition definition, string expected)
    {
        CheckDefinitionFailure failure = Assert.Single(CheckDefinitionValidator.Validate(definition));
        Assert.Equal((name, expected), (name, $"{failure.Field}: {failure.Message}"));
    }

    [Fact]
    public void Validate_ManyMistakes_SaysAll()
    {
        var definition = new CheckDefinition
        {
            Http = "x", Tcp = "y", Ttl = Sec(1), Interval = Sec(1), SuccessBeforePassing = -1, OutputMaxSize = -5,
            DeregisterCriticalServiceAfter = Sec(0.1),
        };

        Assert.Equal(
            ["Interval", "OutputMaxSize", "SuccessBeforePassing", "DeregisterCriticalServiceAfter", "Tcp", "Http"],
            CheckDefinitionValidator.Validate(definition).Select(f => f.Field));
    }

    [Fact]
    public void Validate_ScriptWithoutPermission_IsRefusedInConsulsWords()
    {
        var definition = new CheckDefinition { Args = ["true"], Interval = Sec(1) };

        Assert.Empty(CheckDefinitionValidator.Validate(definition));
        Assert.Empty(CheckDefinitionValidator.Validate(definition, new HealthOptions { EnableScriptChecks = true }));
        Assert.Equal(
            "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true",
            Assert.Single(CheckDefinitionValidator.Validate(definition, new HealthOptions())).Message);
    }

    [Fact]
    public void Kind_SeveralSet_FollowsConsulsOrder()
    {
        var definition = new CheckDefinition { H2Ping = "a:1", Interval = Sec(1) };
        Assert.Equal(CheckKind.H2Ping, definition.Kind);
        definition.Args = ["true"];
        Assert.Equal(CheckKind.Script, definition.Kind);
        definition.AliasService = "x";
        Assert.Equal(CheckKind.Alias, definition.Kind);
        definition.Udp = "a:1";
        Assert.Equal(CheckKind.Udp, definition.Kind);
        definition.Tcp = "a:1";
        Assert.Equal(CheckKind.Tcp, definition.Kind);
        definition.Ttl = Sec(1);
        Assert.Equal(CheckKind.Ttl, definition.Kind);
        definition.Http = "http://a/";
        Assert.Equal(CheckKind.Http, definition.Kind);
        definition.Grpc = "a:1";
        Assert.Equal(CheckKind.Grpc, definition.Kind);
        definition.Probe = static _ => new(CheckResult.Passing());
        Assert.Equal(CheckKind.App, definition.Kind);
        Assert.Equal(CheckKind.None, new CheckDefinition().Kind);
    }

    [Theory]
    [InlineData("localhost:80", "localhost:80")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("10.0.0.1:65535", "10.0.0.1:65535")]
    [InlineData("host", null)]
    [InlineData("host:0", null)]
    [InlineData("host:+1", null)]
    [InlineData("ho st:1", null)]
    [InlineData("[]:1", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void TryParse_HostPort_TakesOnlyWhatCanBeDialled(string? text, string? expected) =>
        Assert.Equal(expected, HostPort.TryParse(text, out HostPort parsed) ? parsed.ToString() : null);

    [Fact]
    public void Validate_Options_SaysAllAtOnce()
    {
        var validator = new HealthOptionsValidator();
        Assert.True(validator.Validate(null, new HealthOptions()).Succeeded);
        var bad = new HealthOptions
        {
            CheckOutputMaxSize = 0, OutputUpdateInterval = Sec(-1), FlapThreshold = 1, FlapWindow = Sec(0), FlapHoldDown = Sec(100),
            FlapHoldDownMax = Sec(99), ProbeTimeout = Sec(0), ScriptTimeout = Sec(-1), ProbeReadBytesMax = -1, ConcurrentProbesMax = 0,
            AliasRefreshInterval = Sec(0),
        };

        string[] failures = [.. validator.Validate(null, bad).Failures!];
        Assert.Equal(10, failures.Length);
        Assert.Contains("HealthOptions.FlapHoldDownMax: must not be less than FlapHoldDown (00:01:40), is 00:01:39", failures);
    }
}
