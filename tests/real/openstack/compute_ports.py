"""A compute driver for Octavia without virtual machines, that still does to Neutron's ports what Nova would.

Octavia's own no-op driver answers attach_network_or_port() with None, and its real network driver cannot go on from
there ('NoneType' object has no attribute 'fixed_ips').
"""
import types

from octavia.common import clients
from octavia.compute.drivers.noop_driver import driver as noop
from oslo_config import cfg

OWNER = 'compute:ports-only'


class ComputePortsDriver(noop.NoopComputeDriver):

    @property
    def neutron(self):
        conf = cfg.CONF.neutron
        return clients.NeutronAuth.get_neutron_client(
            endpoint=conf.endpoint, region=conf.region_name, endpoint_type=conf.endpoint_type,
            service_name=conf.service_name, insecure=conf.insecure, ca_cert=conf.ca_certificates_file)

    def attach_network_or_port(self, compute_id, network_id=None, ip_address=None, port_id=None):
        port = self._plug(compute_id, port_id) if port_id else self._make(compute_id, network_id, ip_address)
        return types.SimpleNamespace(net_id=port['network_id'], port_id=port['id'], fixed_ips=port['fixed_ips'])

    def detach_port(self, compute_id, port_id):
        self._unplug(self.neutron.show_port(port_id)['port'])

    def delete(self, compute_id):
        super().delete(compute_id)
        for port in self.neutron.list_ports(device_id=compute_id)['ports']:
            self._unplug(port)

    def _plug(self, compute_id, port_id):
        return self.neutron.update_port(port_id, {'port': {'device_id': compute_id}})['port']

    def _make(self, compute_id, network_id, ip_address):
        port = {'network_id': network_id, 'device_id': compute_id, 'device_owner': OWNER}
        if ip_address:
            port['fixed_ips'] = [{'ip_address': ip_address}]
        return self.neutron.create_port({'port': port})['port']

    def _unplug(self, port):
        if port['device_owner'] == OWNER:
            self.neutron.delete_port(port['id'])
        else:
            self.neutron.update_port(port['id'], {'port': {'device_id': ''}})
