package machine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"
)

// answerTime is how long the emulator may take to answer, or to tell what it was asked
// to do, on a host that has other work.
const answerTime = 30 * time.Second

// qmp speaks the QEMU Machine Protocol (docs/interop/qmp-spec.txt), one command at a
// time.
type qmp struct {
	conn   net.Conn
	d      *json.Decoder
	events []qmpMessage // not asked for yet
}

type object = map[string]any

type qmpMessage struct {
	Return json.RawMessage `json:"return"`
	Error  *struct {
		Desc string `json:"desc"`
	} `json:"error"`
	Event string `json:"event"`
	Data  struct {
		Device string `json:"device"`
	} `json:"data"`
}

// newQMP waits for the greeting, after which the protocol wants one command.
func newQMP(conn net.Conn) (*qmp, error) {
	q := &qmp{conn: conn, d: json.NewDecoder(conn)}
	if _, err := q.next(); err != nil {
		return nil, fmt.Errorf("waiting for QEMU's greeting: %w", err)
	}
	return q, q.do("qmp_capabilities", nil, nil)
}

func (q *qmp) next() (qmpMessage, error) {
	var m qmpMessage
	return m, errors.Join(q.conn.SetReadDeadline(time.Now().Add(answerTime)), q.d.Decode(&m))
}

// do executes a command. result may be nil.
func (q *qmp) do(command string, arguments object, result any) error {
	request := object{"execute": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	if err := json.NewEncoder(q.conn).Encode(request); err != nil {
		return fmt.Errorf("QMP %s: %w", command, err)
	}
	for {
		m, err := q.next()
		switch {
		case err != nil:
			return fmt.Errorf("QMP %s: %w", command, err)
		case m.Event != "":
			q.events = append(q.events, m)
		case m.Error != nil:
			return fmt.Errorf("QMP %s: %s", command, m.Error.Desc)
		case result != nil:
			return json.Unmarshal(m.Return, result)
		default:
			return nil
		}
	}
}

// await waits for an event of a device.
func (q *qmp) await(event, device string) error {
	for {
		for i, m := range q.events {
			if m.Event == event && m.Data.Device == device {
				q.events = append(q.events[:i], q.events[i+1:]...)
				return nil
			}
		}
		m, err := q.next()
		if err != nil {
			return fmt.Errorf("waiting for %s of %s: %w", event, device, err)
		}
		q.events = append(q.events, m)
	}
}
