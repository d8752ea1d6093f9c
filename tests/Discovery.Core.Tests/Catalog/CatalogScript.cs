using System.Globalization;
using Discovery.State.Watching;

namespace Discovery.Catalog;

/// <summary>
/// Runs lines such as <c>register node=n1 svc=web1:web:80 check=c1:passing:web1 owner=n1 enforce</c>, <c>deregister node=n1 id=web1</c>
/// and <c>new</c>, and tells the answer, the changed rows and the touched topics.
/// </summary>
internal sealed class CatalogScript
{
    private EncodedCatalog _parts = NewParts();

    public IEnumerable<string> Run(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case "new":
                _parts = NewParts();
                return [];
            case "register":
                return Applied(_parts.Apply(Register(words[1..])));
            case "deregister":
                return Applied(_parts.Apply(Deregister(words[1..])));
            case "explain":
                return Explain(line);
            case "departures":
                return _parts.State.Current.Scan(_parts.Module.Tables.Departures).ToList().Select(Show);
            case "rows":
                return Rows();
            default:
                throw new FormatException(line);
        }
    }

    public static RegisterCommand Register(IEnumerable<string> words)
    {
        CatalogNode node = Make.Node("");
        CatalogService? service = null;
        var checks = new List<CatalogCheck>();
        var command = new RegisterCommand { Node = node };
        foreach (string word in words)
        {
            (string key, string[] value) = Split(word);
            switch (key)
            {
                case "node": node = node with { Name = value[0] }; break;
                case "nodeid": node = node with { Id = new Guid(Number(value[0]), 0, 0, new byte[8]) }; break;
                case "addr": node = node with { Address = value[0] }; break;
                case "meta": node = node with { Meta = StringMap.From([new(value[0], value[1])]) }; break;
                case "svc":
                    service = Make.Service("", value[0], value[1], value.Length > 2 ? Number(value[2]) : 80);
                    break;
                case "tags": service = service! with { Tags = value[0].Split(',') }; break;
                case "draining": service = service! with { IsDraining = true }; break;
                case "check":
                    CheckStatus status = Enum.Parse<CheckStatus>(value[1], ignoreCase: true);
                    checks.Add(Make.Check("", value[0], status, value.Length > 2 ? value[2] : "", value.Length > 3 ? value[3] : ""));
                    break;
                case "skip": command = command with { SkipNodeUpdate = true }; break;
                case "owner": command = command with { Owner = value[0] }; break;
                case "enforce": command = command with { EnforceOwnership = true }; break;
                default: throw new FormatException(word);
            }
        }

        return command with
        {
            Node = node,
            Service = service is null ? null : service with { Node = node.Name },
            Checks = [.. checks.Select(check => check with { Node = node.Name })],
        };
    }

    public static DeregisterCommand Deregister(IEnumerable<string> words)
    {
        var command = new DeregisterCommand { Node = "" };
        foreach (string word in words)
        {
            (string key, string[] value) = Split(word);
            command = key switch
            {
                "node" => command with { Node = value[0] },
                "id" => command with { ServiceId = value[0] },
                "check" => command with { CheckId = value[0] },
                "reason" => command with { Reason = Enum.Parse<DepartureReason>(value[0]) },
                "owner" => command with { Owner = value[0] },
                "enforce" => command with { EnforceOwnership = true },
                _ => throw new FormatException(word),
            };
        }

        return command;
    }

    private IEnumerable<string> Explain(string line)
    {
        string[] parts = line.Split(" filter=", 2);
        string[] words = parts[0].Split(' ');
        var query = new ServiceQuery(words[1]) { Filter = parts.Length > 1 ? parts[1] : null };
        string? id = null;
        foreach (string word in words[2..])
        {
            (string key, string[] value) = Split(word);
            (query, id) = key switch
            {
                "health" => (query with { Health = Enum.Parse<HealthFilter>(value[0]) }, id),
                "tag" => (query with { Tags = [value[0]] }, id),
                "meta" => (query with { NodeMeta = [new(value[0], value[1])] }, id),
                "id" => (query, value[0]),
                _ => throw new FormatException(word),
            };
        }

        var explainer = new CatalogExplainer(_parts.Reader, new CallScope("dc1"), null);
        ServiceExplanation explanation = explainer.Explain(_parts.State.Current, query, id, CallContext.Local);
        yield return $"{explanation.Reason}: {explanation.Message}";
        foreach (InstanceExplanation instance in explanation.Instances)
        {
            foreach (ExplainedReason reason in instance.Reasons)
            {
                yield return $"{instance.Node}/{instance.ServiceId} {reason.Reason}: {reason.Message}";
            }
        }
    }

    private static EncodedCatalog NewParts()
    {
        var parts = new EncodedCatalog();
        parts.Begin();
        return parts;
    }

    private static (string Key, string[] Value) Split(string word)
    {
        string[] pair = word.Split('=', 2);
        return (pair[0], pair.Length > 1 ? pair[1].Split(':') : []);
    }

    private IEnumerable<string> Applied(CatalogWriteResult result)
    {
        ulong index = _parts.State.Current.Index;
        yield return string.Create(CultureInfo.InvariantCulture, $"{index}: {result.Status} {result.Subject}").TrimEnd();
        var sets = new List<StateChangeSet>();
        Assert.True(_parts.State.Ring.TryCopyAfter(index - 1, 16, sets));
        foreach (StateChange change in sets[0].Changes)
        {
            string sign = change.OldRow is null ? "+" : change.NewRow is null ? "-" : "~";
            yield return $"{sign} {Show(change.NewRow ?? change.OldRow!)}";
        }

        if (sets[0].Topics.Count > 0)
        {
            yield return "! " + string.Join(' ', sets[0].Topics.Select(static touch =>
                $"{touch.Space.Name}:{System.Text.Encoding.UTF8.GetString(touch.Key.Span).TrimEnd('\0')}").Order(StringComparer.Ordinal));
        }
    }

    private IEnumerable<string> Rows()
    {
        CatalogTables tables = _parts.Module.Tables;
        StateSnapshot snapshot = _parts.State.Current;
        return [
            .. snapshot.Scan(tables.Nodes).ToList().Select(Show),
            .. snapshot.Scan(tables.Services).ToList().Select(Show),
            .. snapshot.Scan(tables.Checks).ToList().Select(Show)];
    }

    private static string Show(object row) => row switch
    {
        CatalogNode node => Join(
            $"node {node.Name} {node.Address}", node.Id == Guid.Empty ? "" : $"id={node.Id.ToString("N")[..8]}", Owner(node.Owner),
            string.Join(',', node.Meta.Select(static pair => $"{pair.Key}={pair.Value}")), Indexes(node.CreateIndex, node.ModifyIndex)),
        CatalogService service => Join(
            $"service {service.Node}/{service.Id} {service.Name}:{service.Port}", string.Join(',', service.Tags),
            service.IsDraining ? "draining" : "", Owner(service.Owner), Indexes(service.CreateIndex, service.ModifyIndex)),
        CatalogCheck check => Join(
            $"check {check.Node}/{check.CheckId} {check.Status}",
            check.ServiceId.Length > 0 ? $"on {check.ServiceId} ({check.ServiceName})" : "",
            check.Output, Owner(check.Owner), Indexes(check.CreateIndex, check.ModifyIndex)),
        CatalogDeparture one => FormattableString.Invariant(
            $"departure {one.Service} {one.Node}/{one.ServiceId} {one.Reason} @{one.Index}"),
        _ => throw new ArgumentException("an unknown row"),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Owner(string? owner) => owner is null ? "" : $"owner={owner}";

    private static string Indexes(ulong created, ulong modified) => string.Create(CultureInfo.InvariantCulture, $"@{created}-{modified}");

    private static string Join(params string[] parts) => string.Join(' ', parts.Where(static part => part.Length > 0));
}
