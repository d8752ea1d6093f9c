using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary>What the agent has, as Consul's agent endpoints show it.</summary>
internal static class AgentJson
{
    /// <summary>The fields of a service, without the closing brace, so that more can follow.</summary>
    public static JsonBuffer OpenService(this JsonBuffer json, CatalogService service)
    {
        json.Raw("{\"ID\":"u8).String(service.Id).Raw(",\"Service\":"u8).String(service.Name);
        json.Raw(",\"Tags\":"u8).Strings(service.Tags).Raw(",\"Meta\":"u8).Map(service.Meta);
        json.Raw(",\"Port\":"u8).Number(service.Port).Raw(",\"Address\":"u8).String(service.Address);
        if (service.TaggedAddresses.Count > 0)
        {
            json.Raw(",\"TaggedAddresses\":"u8);
            byte before = (byte)'{';
            foreach ((string tag, ServiceAddress address) in service.TaggedAddresses)
            {
                json.Byte(before).String(tag).Raw(":{\"Address\":"u8).String(address.Address);
                json.Raw(",\"Port\":"u8).Number(address.Port).Byte((byte)'}');
                before = (byte)',';
            }

            json.Byte((byte)'}');
        }

        json.Raw(",\"Weights\":{\"Passing\":"u8).Number(service.Weights.Passing);
        json.Raw(",\"Warning\":"u8).Number(service.Weights.Warning);
        return json.Raw("},\"EnableTagOverride\":"u8).Bool(service.EnableTagOverride);
    }

    public static JsonBuffer Service(this JsonBuffer json, CatalogService service) => json.OpenService(service).Byte((byte)'}');

    /// <summary>A check as <c>agent/checks</c> shows it.</summary>
    public static JsonBuffer Check(this JsonBuffer json, AgentCheck check, IReadOnlyList<string> serviceTags)
    {
        json.OpenCheck(check).Raw(",\"ServiceTags\":"u8).Strings(serviceTags).Raw(",\"Type\":"u8).String(check.Check.Type);
        return json.Raw(",\"Definition\":{},\"CreateIndex\":0,\"ModifyIndex\":0}"u8);
    }

    /// <summary>A check as <c>agent/health</c> shows it: without type, no tags are null, the definition is one without content.</summary>
    public static JsonBuffer CheckOfHealth(this JsonBuffer json, AgentCheck check, IReadOnlyList<string> serviceTags)
    {
        json.OpenCheck(check).Raw(",\"ServiceTags\":"u8);
        _ = serviceTags.Count == 0 ? json.Raw("null"u8) : json.Strings(serviceTags);
        return json.Raw(
            ",\"Type\":\"\",\"Definition\":{\"Interval\":\"0s\",\"Timeout\":\"0s\",\"DeregisterCriticalServiceAfter\":\"0s\","u8)
            .Raw("\"HTTP\":\"\",\"Header\":null,\"Method\":\"\",\"Body\":\"\",\"TLSSkipVerify\":false,\"TCP\":\"\"},"u8)
            .Raw("\"CreateIndex\":0,\"ModifyIndex\":0}"u8);
    }

    /// <summary>A member of the cluster.</summary>
    public static JsonBuffer Member(this JsonBuffer json, Member member)
    {
        json.Raw("{\"Name\":"u8).String(member.Name).Raw(",\"Addr\":"u8).String(member.Address);
        json.Raw(",\"Port\":"u8).Number(member.Port).Raw(",\"Tags\":"u8).Map(member.Tags);
        json.Raw(",\"Status\":"u8).Number((int)member.Status);
        json.Raw(",\"ProtocolMin\":"u8).Number(member.ProtocolMin).Raw(",\"ProtocolMax\":"u8).Number(member.ProtocolMax);
        json.Raw(",\"ProtocolCur\":"u8).Number(member.ProtocolCur).Raw(",\"DelegateMin\":"u8).Number(member.DelegateMin);
        json.Raw(",\"DelegateMax\":"u8).Number(member.DelegateMax).Raw(",\"DelegateCur\":"u8).Number(member.DelegateCur);
        return json.Byte((byte)'}');
    }

    public static string StatusText(CheckStatus status) => status switch
    {
        CheckStatus.Passing => "passing",
        CheckStatus.Warning => "warning",
        _ => "critical",
    };

    private static JsonBuffer OpenCheck(this JsonBuffer json, AgentCheck check)
    {
        CatalogCheck row = check.Check;
        json.Raw("{\"Node\":"u8).String(row.Node).Raw(",\"CheckID\":"u8).String(row.CheckId).Raw(",\"Name\":"u8).String(row.Name);
        json.Raw(",\"Status\":"u8).String(StatusText(row.Status)).Raw(",\"Notes\":"u8).String(row.Notes);
        json.Raw(",\"Output\":"u8).String(row.Output).Raw(",\"ServiceID\":"u8).String(row.ServiceId);
        return json.Raw(",\"ServiceName\":"u8).String(row.ServiceName);
    }
}
