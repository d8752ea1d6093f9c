namespace Discovery.Infrastructure;

/// <summary>Indents compact JSON by four spaces, as Go does: empty objects and lists stay on their line, a newline ends it all.</summary>
internal static class JsonIndent
{
    public static JsonBuffer Indent(ReadOnlySpan<byte> json)
    {
        var indented = new JsonBuffer(Math.Max(256, json.Length * 2));
        int depth = 0;
        for (int i = 0; i < json.Length; i++)
        {
            byte b = json[i];
            switch (b)
            {
                case (byte)'"':
                    int end = EndOfString(json, i);
                    indented.Raw(json[i..end]);
                    i = end - 1;
                    break;
                case (byte)'{' or (byte)'[' when i + 1 < json.Length && json[i + 1] is (byte)'}' or (byte)']':
                    indented.Raw(json.Slice(i, 2));
                    i++;
                    break;
                case (byte)'{' or (byte)'[':
                    NewLine(indented.Byte(b), ++depth);
                    break;
                case (byte)'}' or (byte)']':
                    NewLine(indented, --depth);
                    indented.Byte(b);
                    break;
                case (byte)',':
                    NewLine(indented.Byte(b), depth);
                    break;
                case (byte)':':
                    indented.Raw(": "u8);
                    break;
                default:
                    indented.Byte(b);
                    break;
            }
        }

        return indented.Byte((byte)'\n');
    }

    private static int EndOfString(ReadOnlySpan<byte> json, int start)
    {
        int at = start + 1;
        while (json[at] != (byte)'"')
        {
            at += json[at] == (byte)'\\' ? 2 : 1;
        }

        return at + 1;
    }

    private static void NewLine(JsonBuffer json, int depth)
    {
        json.Byte((byte)'\n');
        for (int i = 0; i < depth; i++)
        {
            json.Raw("    "u8);
        }
    }
}
