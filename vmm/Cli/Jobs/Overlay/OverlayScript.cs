using System.Globalization;
using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>Reads the control text of an overlay: docs/overlay.md, "The control grammar".
/// <code>
///   line    = [at TIME] [on HOST] [command] [# remark]
///   command = ADD source destination end end | DEL index | LINK ADD|DEL name
///   end     = edge NAME | interface MAC | any
/// </code>
/// A line of `on HOST` alone names the host of the lines below it.</summary>
internal sealed class OverlayScript(
    IReadOnlyList<string> hosts, IReadOnlyList<string> links, IReadOnlyList<string> nodes)
{
    /// <summary>The broadcast address.</summary>
    private const string All = "all";

    private const string Key = "network.overlay.routes";

    private readonly List<(OverlayCommand Command, ScriptWord Word)> _commands = [];
    private readonly List<OverlayMistake> _mistakes = [];
    private Queue<ScriptWord> _words = [];
    private ScriptWord _last;
    private int _host = hosts.Count == 1 ? 0 : -1;

    /// <summary>Commands with their first words, as far as lines are right.</summary>
    public IReadOnlyList<(OverlayCommand Command, ScriptWord Word)> Commands => _commands;

    public IReadOnlyList<OverlayMistake> Mistakes => _mistakes;

    public void Read(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            _words = Split(lines[i], i + 1);
            if (_words.Count > 0)
            {
                int before = _mistakes.Count;
                ReadLine();
                if (_mistakes.Count == before && _words.TryDequeue(out ScriptWord more))
                {
                    Add(more, $"'{more.Text}' is more than the command takes", "");
                }
            }
        }
    }

    /// <summary>An address as the grammar has it: a MAC, the name of a node, or all.</summary>
    public static bool TryAddress(
        string text, IReadOnlyList<string> nodes, out ulong address)
    {
        if (text.Equals(All, StringComparison.OrdinalIgnoreCase))
        {
            address = EthernetFrame.Broadcast;
            return true;
        }

        if (MacAddress.TryParse(text, out MacAddress mac))
        {
            address = mac.Value;
            return true;
        }

        int port = nodes.ToList().IndexOf(text);
        address = port < 0 ? 0 : EthernetFrame.AddressOf(port);
        return port >= 0;
    }

    private static Queue<ScriptWord> Split(string line, int number)
    {
        Queue<ScriptWord> words = [];
        int at = 0;
        while (at < line.Length && line[at] != '#')
        {
            int end = at;
            while (end < line.Length && !char.IsWhiteSpace(line[end]) && line[end] != '#')
            {
                end++;
            }

            if (end > at)
            {
                words.Enqueue(new ScriptWord(line[at..end], number, at + 1));
                at = end;
            }
            else
            {
                at++;
            }
        }

        return words;
    }

    private void Add(ScriptWord word, string why, string help) =>
        _mistakes.Add(new OverlayMistake(Key, why, help, word));

    /// <summary>The next word, or none with a mistake said.</summary>
    private ScriptWord? Next(string expected)
    {
        if (_words.TryDequeue(out ScriptWord word))
        {
            _last = word;
            return word;
        }

        Add(_last, $"after '{_last.Text}' the line ends: expected {expected}", "");
        return null;
    }

    private bool Skip(string keyword)
    {
        if (_words.TryPeek(out ScriptWord word) && word.Is(keyword))
        {
            _last = _words.Dequeue();
            return true;
        }

        return false;
    }

    private void ReadLine()
    {
        VirtualTime time = VirtualTime.Zero;
        if (Skip("at"))
        {
            if (Next("a time such as 5ms") is not { } when)
            {
                return;
            }

            if (!Quantity.TryParseDuration(when.Text, out VirtualDuration after, out string? why))
            {
                Add(when, why ?? "is no time", "");
                return;
            }

            time = VirtualTime.Zero + after;
        }

        int host = _host;
        if (Skip("on"))
        {
            if (Next("a host") is not { } name || Find(name, hosts, "host") is not { } found)
            {
                return;
            }

            host = found;
            if (_words.Count == 0 && time == VirtualTime.Zero)
            {
                _host = host;
                return;
            }
        }

        if (Next("ADD, DEL or LINK") is { } command)
        {
            ReadCommand(command, time, host);
        }
    }

    private void ReadCommand(ScriptWord command, VirtualTime time, int host)
    {
        if (command.Is("LINK"))
        {
            ReadLink(command, time);
            return;
        }

        bool isAdd = command.Is("ADD");
        if (!isAdd && !command.Is("DEL"))
        {
            Add(command, $"'{command.Text}' is no command",
                Spelling.Help(command.Text, ["ADD", "DEL", "LINK", "at", "on"]));
            return;
        }

        if (host < 0)
        {
            Add(command, $"'{command.Text}' on which host?", $"on {(hosts.Count > 0 ? hosts[0] : "HOST")} "
                + "before it, or in a line of its own above");
        }
        else if (isAdd)
        {
            ReadAdd(command, time, host);
        }
        else
        {
            ReadDelete(command, time, host);
        }
    }

    private void ReadAdd(ScriptWord command, VirtualTime time, int host)
    {
        if (ReadPattern("a source address") is { } source
            && ReadPattern("a destination address") is { } destination
            && ReadEnd(mayBeAny: false) is { } to
            && ReadEnd(mayBeAny: true) is { } from)
        {
            _commands.Add((
                new AddRouteCommand(time, host, new OverlayRoute(source, destination, to, from)),
                command));
        }
    }

    private void ReadDelete(ScriptWord command, VirtualTime time, int host)
    {
        if (Next("a route's index") is not { } word)
        {
            return;
        }

        if (int.TryParse(
            word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            _commands.Add((new DeleteRouteCommand(time, host, index), command));
        }
        else
        {
            Add(word, $"'{word.Text}' is no index of a route",
                "routes of a host are counted from 0, in the order of adding");
        }
    }

    private void ReadLink(ScriptWord command, VirtualTime time)
    {
        if (Next("ADD or DEL") is not { } what)
        {
            return;
        }

        if (!what.Is("ADD") && !what.Is("DEL"))
        {
            Add(what, $"'{what.Text}' is not ADD or DEL",
                Spelling.Help(what.Text, ["ADD", "DEL"]));
        }
        else if (Next("a link") is { } name && Find(name, links, "link") is { } edge)
        {
            _commands.Add((new SetEdgeCommand(time, edge, what.Is("ADD")), command));
        }
    }

    private MacPattern? ReadPattern(string expected)
    {
        if (Next($"{expected}: a MAC, a node, all, any, not-MAC or none") is not { } word)
        {
            return null;
        }

        if (word.Is("any"))
        {
            return MacPattern.Any;
        }

        if (word.Is("none"))
        {
            return MacPattern.Never;
        }

        bool isNot = word.Text.StartsWith("not-", StringComparison.OrdinalIgnoreCase);
        string text = isNot ? word.Text[4..] : word.Text;
        if (!TryAddress(text, nodes, out ulong address))
        {
            Add(word, $"'{text}' is no address and no node", AddressHelp(text));
            return null;
        }

        return isNot ? MacPattern.Not(address) : MacPattern.Exact(address);
    }

    private OverlayEnd? ReadEnd(bool mayBeAny)
    {
        string expected = mayBeAny
            ? "edge NAME, interface MAC or any: where the frame comes from"
            : "edge NAME or interface MAC: where the frame goes";
        if (Next(expected) is not { } kind)
        {
            return null;
        }

        if (mayBeAny && kind.Is("any"))
        {
            return OverlayEnd.Any;
        }

        if (kind.Is("edge"))
        {
            return Next("a link") is { } name && Find(name, links, "link") is { } edge
                ? OverlayEnd.Edge(edge)
                : null;
        }

        if (kind.Is("interface"))
        {
            return Next("the MAC or name of a node") is { } name ? ReadInterface(name) : null;
        }

        Add(kind, $"'{kind.Text}' is not {expected}", Spelling.Help(
            kind.Text, mayBeAny ? ["edge", "interface", "any"] : ["edge", "interface"]));
        return null;
    }

    private OverlayEnd? ReadInterface(ScriptWord word)
    {
        for (int port = 0; port < nodes.Count; port++)
        {
            if (nodes[port] == word.Text
                || (MacAddress.TryParse(word.Text, out MacAddress mac)
                    && mac.Value == EthernetFrame.AddressOf(port)))
            {
                return OverlayEnd.Interface(port);
            }
        }

        Add(word, $"no node has the interface '{word.Text}'", AddressHelp(word.Text));
        return null;
    }

    private string AddressHelp(string text) => Spelling.Nearest(text, nodes) is { } near
        ? $"did you mean '{near}'?"
        : $"node i has {EthernetFrame.FormatPort(0)}, i in the last two bytes";

    private int? Find(ScriptWord word, IReadOnlyList<string> names, string what)
    {
        int index = names.ToList().IndexOf(word.Text);
        if (index >= 0)
        {
            return index;
        }

        Add(word, $"there is no {what} '{word.Text}'", names.Count == 0
            ? $"network.overlay has no {what}s"
            : Spelling.Help(word.Text, names));
        return null;
    }
}
