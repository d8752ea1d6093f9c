namespace Discovery.Health;

/// <summary>Makes the real probes. A definition that asks for something forbidden or impossible gets a probe that says so.</summary>
internal sealed class CheckProbeFactory(NodeRuntime runtime, HealthOptions options) : ICheckProbeFactory
{
    public ICheckProbe Create(CheckDefinition definition, CheckSettings settings)
    {
        ProbeTls tls = ProbeTls.From(definition);
        switch (settings.Kind)
        {
            case CheckKind.App:
                return new AppCheckProbe(definition.Probe!, runtime);
            case CheckKind.Http when Uri.TryCreate(definition.Http, UriKind.Absolute, out _):
                return new HttpCheckProbe(definition, settings.OutputMaxSize, options.ProbeReadBytesMax, runtime.Time);
            case CheckKind.Tcp when HostPort.TryParse(definition.Tcp, out HostPort target):
                return new TcpCheckProbe(target, definition.TcpUseTls ? tls : null, runtime.Time);
            case CheckKind.Udp when HostPort.TryParse(definition.Udp, out HostPort target):
                return new UdpCheckProbe(target);
            case CheckKind.Grpc when HostPort.TryParse(definition.Grpc!.Split('/', 2)[0], out _):
                return new GrpcCheckProbe(definition, runtime.Time);
            case CheckKind.H2Ping when HostPort.TryParse(definition.H2Ping, out HostPort target):
                return new H2PingCheckProbe(target, definition.H2PingUseTls ? tls : null, runtime.Time);
            case CheckKind.Script when options.EnableScriptChecks:
                return new ScriptCheckProbe([.. definition.Args], settings, options.ProbeReadBytesMax, runtime.Time);
            case CheckKind.Script:
                return new RefusedProbe(CheckDefinitionValidator.DisabledText);
            default:
                return new RefusedProbe("The check's definition is not valid");
        }
    }

    private sealed class RefusedProbe(string reason) : ICheckProbe
    {
        public ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken) => new(CheckResult.Critical(reason));
    }
}
