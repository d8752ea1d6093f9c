using System.Globalization;
using System.Net;

namespace Discovery.Node.ConsulDialect;

/// <summary>Translates a merged configuration; pure.</summary>
internal sealed class Translation
{
    private readonly bool _isDev;
    private readonly ConfigObject _root;
    private readonly List<string> _warnings;
    private readonly Settings _settings;
    private readonly SortedDictionary<string, string?> _keys = new(StringComparer.OrdinalIgnoreCase);

    public Translation(ConfigObject root, bool isDev, IEnumerable<string> warnings)
    {
        _root = root;
        _isDev = isDev;
        _warnings = [.. warnings];
        _settings = new Settings(root, []);
    }

    /// <exception cref="DialectException">A value cannot be used, or values contradict each other.</exception>
    public Dialect Run()
    {
        new KeyWalk(_settings, _keys, _warnings).Run(_root);
        var definitions = new Definitions(_settings, _warnings);
        IReadOnlyList<ServiceRegistration> services = definitions.Services();
        IReadOnlyList<(CheckDefinition Check, string? ServiceId)> checks = definitions.Checks();
        var listeners = new Listeners(_settings);
        IReadOnlyList<ListenAddress> dns = listeners.Dns();
        IReadOnlyList<ListenAddress> http = listeners.Http();
        ComposeNode(listeners);
        ComposeDns(dns);
        AddOwnKeys();
        if (_settings.Failures.Count > 0)
        {
            throw DialectException.Of(_settings.Failures);
        }

        Validation.Check(_settings, _isDev, [.. dns, .. http]);
        return new Dialect(_keys, Host(dns, http), services, checks, _warnings);
    }

    private void ComposeNode(Listeners listeners)
    {
        string datacenter = _settings.Text("datacenter").ToLowerInvariant();
        if (datacenter.Length > 0)
        {
            _keys["Discovery:Node:Datacenter"] = datacenter;
        }

        _keys["Discovery:Node:Role"] = _settings.Bool("server") ? nameof(NodeRole.Server) : nameof(NodeRole.Agent);
        if (!_isDev && (_settings.Bool("bootstrap") || _settings.Whole("bootstrap_expect") == 1))
        {
            _keys["Discovery:Node:MemberTags:bootstrap"] = "1";
        }

        if ((listeners.Address("advertise_addr") ?? listeners.Address("bind_addr")) is { } advertised && !Listeners.IsAny(advertised))
        {
            _keys["Discovery:Node:AdvertiseAddress"] = advertised.ToString();
        }

        _keys["Discovery:Rpc:Address"] = (listeners.Address("bind_addr") ?? IPAddress.Any).ToString();
        if (!_isDev && _settings.TextOrNull("data_dir") is { } folder)
        {
            _keys["Discovery:Node:DataDirectory"] = folder;
        }

        // Nobody waits for the services of a node that has no app around it.
        _keys.TryAdd("Discovery:Node:DrainDelay", Settings.Shown(TimeSpan.Zero));
        if (_settings.Bool("enable_script_checks") || _settings.Bool("enable_local_script_checks"))
        {
            _keys["Discovery:Health:EnableScriptChecks"] = "true";
            _keys["Discovery:Http:RefuseScriptChecks"] = _settings.Bool("enable_script_checks") ? "false" : "true";
        }

        _keys["Discovery:Http:AllowRemote"] = "true";
        if (_isDev)
        {
            _keys["Discovery:Http:PrettyAlways"] = "true";
        }
    }

    private void ComposeDns(IReadOnlyList<ListenAddress> dns)
    {
        for (int i = 0; i < dns.Count; i++)
        {
            _keys["Discovery:Dns:Port"] = dns[i].EndPoint!.Port.ToString(CultureInfo.InvariantCulture);
            _keys[string.Create(CultureInfo.InvariantCulture, $"Discovery:Dns:Addresses:{i}")] = dns[i].EndPoint!.Address.ToString();
        }

        if (dns.Count == 0)
        {
            foreach (string key in _keys.Keys.Where(static key => key.StartsWith("Discovery:Dns:", StringComparison.Ordinal)).ToArray())
            {
                _keys.Remove(key);
            }
        }
    }

    // "discovery": keys of our own. dns_quirks, servers, witness, and below it whatever section and key Discovery has.
    private void AddOwnKeys()
    {
        foreach ((string name, ConfigValue value) in _settings.Entries("discovery"))
        {
            if (OwnKeys.Find(name, value) is not { } key)
            {
                _settings.Fail(OwnKeys.Unknown(name));
            }
            else if (name == "dns_quirks")
            {
                _keys[key] = value is ConfigBool { IsTrue: true } ? "true" : "false";
            }
            else
            {
                AddOwnKey(key, value);
            }
        }

        // Without a list the server is alone, whatever it expects.
        if (_settings.Whole("bootstrap_expect") is var expected and > 0
            && _keys.Keys.Any(static key => key.StartsWith("Discovery:Raft:Servers:", StringComparison.Ordinal)))
        {
            _keys.TryAdd("Discovery:Raft:BootstrapExpect", expected.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void AddOwnKey(string key, ConfigValue value)
    {
        switch (value)
        {
            case ConfigObject map:
                foreach ((string name, ConfigValue inner) in map.Entries)
                {
                    AddOwnKey($"{key}:{name}", inner);
                }

                break;
            case ConfigList { IsOfBlocks: true, Items: [ConfigObject only] }:
                AddOwnKey(key, only);
                break;
            case ConfigList list:
                for (int i = 0; i < list.Items.Count; i++)
                {
                    AddOwnKey(string.Create(CultureInfo.InvariantCulture, $"{key}:{i}"), list.Items[i]);
                }

                break;
            default:
                _keys[key] = value switch
                {
                    ConfigText text => text.Text,
                    ConfigBool flag => flag.IsTrue ? "true" : "false",
                    ConfigNumber number => number.Text,
                    _ => null,
                };
                break;
        }
    }

    private HostSettings Host(IReadOnlyList<ListenAddress> dns, IReadOnlyList<ListenAddress> http)
    {
        bool isServer = _settings.Bool("server");
        return new HostSettings
        {
            IsDev = _isDev,
            IsClient = !isServer,
            IsDurable = isServer && _keys.ContainsKey("Discovery:Node:DataDirectory"),
            Http = http,
            Dns = dns,
            LogLevel = LogLevels.Parse(_settings.Text("log_level")),
            PidFile = _settings.TextOrNull("pid_file"),
            SocketMode = SocketMode(),
            LeavesOnInterrupt = !_settings.Bool("skip_leave_on_interrupt", unset: isServer),
            LeavesOnTerminate = _settings.Bool("leave_on_terminate", unset: !isServer),
            Banner =
            [
                ("Datacenter", $"'{_keys.GetValueOrDefault("Discovery:Node:Datacenter") ?? "dc1"}'"),
                ("Server", !isServer ? "false" : IsWitness ? "true, a witness: it votes, and keeps no state" : "true"),
                ("HTTP", http.Count == 0 ? "none" : string.Join(' ', http)),
                ("DNS", dns.Count == 0 ? "none" : string.Join(' ', dns)),
                ("Data", _isDev ? "in memory" : _settings.Text("data_dir")),
            ],
        };
    }

    private bool IsWitness => string.Equals(
        _keys.GetValueOrDefault("Discovery:Raft:Witness"), "true", StringComparison.OrdinalIgnoreCase);

    private UnixFileMode? SocketMode()
    {
        if (_settings.TextOrNull("unix_sockets.mode") is not { } text)
        {
            return null;
        }

        try
        {
            return (UnixFileMode)(Convert.ToInt32(text, 8) & 0b111_111_111);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new DialectException($"unix_sockets.mode: \"{text}\" is no octal number", e);
        }
    }
}
